#pragma once

#include "base/error.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// pghaul sync: makes the target, which holds an older copy of the same definitions, equal to one snapshot of
/// the source, writes only what differs, and compares what it has written.
/// `touched`: set once it writes.
[[nodiscard]] Status sync_databases(discovery::VerbContext context, bool& touched);

}  // namespace pghaul::job
