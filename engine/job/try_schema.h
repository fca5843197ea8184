#pragma once

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// With plan --try-schema: restores the whole schema into a scratch database on the target's server, adds a
/// finding for each object that can't be made, and drops the database again.
[[nodiscard]] Status try_schema(discovery::VerbContext& context, discovery::Discovery& found);

}  // namespace pghaul::job
