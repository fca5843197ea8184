#pragma once

#include "base/error.h"
#include "job/verb_context.h"

namespace pghaul::job {

/// pghaul verify: row counts and digests of two databases, whichever tool made the copy. Touches neither
/// server.
[[nodiscard]] Status compare_databases(VerbContext context);

}  // namespace pghaul::job
