#pragma once

#include "base/error.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// pghaul status: reads how a live copy into the database stands, or, where there is none, one of it. Touches
/// nothing.
[[nodiscard]] Status live_status(discovery::VerbContext context);

}  // namespace pghaul::job
