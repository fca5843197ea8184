#pragma once

#include "base/error.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// pghaul plan: what a copy would do. Touches neither server.
[[nodiscard]] Status plan_copy(discovery::VerbContext context);

}  // namespace pghaul::job
