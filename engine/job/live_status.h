#pragma once

#include "base/error.h"
#include "job/verb_context.h"

namespace pghaul::job {

/// pghaul status: reads how a live copy into the database stands, or, where there is none, one of it. Touches
/// nothing.
[[nodiscard]] Status live_status(VerbContext context);

}  // namespace pghaul::job
