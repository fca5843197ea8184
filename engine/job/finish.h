#pragma once

#include "base/error.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// pghaul finish: ends a live copy after its switchover. Gives the way back up, and removes everything of
/// pghaul's from both servers. What the closed one has instead of the triggers that refused writes: new
/// sessions can only read, unless they ask otherwise, and those that there were are ended.
///
/// An interrupted run leaves what the same command completes. `touched`: something has been changed.
[[nodiscard]] Status finish_live_copy(discovery::VerbContext context, bool& touched);

}  // namespace pghaul::job
