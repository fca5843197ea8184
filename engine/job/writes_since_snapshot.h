#pragma once

#include "discovery/discovery.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// Warns, after a copy, where the source was written to since its snapshot. A source that is gone by now is
/// no failure.
void mention_writes_since_snapshot(const discovery::Discovery& found, const discovery::VerbContext& context);

}  // namespace pghaul::job
