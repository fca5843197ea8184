#pragma once

#include "base/error.h"
#include "job/verb_context.h"

namespace pghaul::job {

/// pghaul status: reads from the target how a live copy into it stands. Touches nothing.
[[nodiscard]] Status live_status(VerbContext context);

}  // namespace pghaul::job
