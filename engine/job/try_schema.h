#pragma once

#include "base/error.h"
#include "discovery/discovery.h"
#include "job/verb_context.h"

namespace pghaul::job {

/// With plan --try-schema: restores the whole schema into a scratch database on the target's server, adds a
/// finding for each object that can't be made, and drops the database again.
[[nodiscard]] Status try_schema(VerbContext& context, discovery::Discovery& found);

}  // namespace pghaul::job
