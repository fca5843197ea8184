#pragma once

#include "base/error.h"
#include "discovery/verb_context.h"
#include "live/barrier_server.h"

namespace pghaul::job {

/// pghaul verify: row counts and digests of two databases, whichever tool made the copy. Touches neither
/// server.
[[nodiscard]] Status compare_databases(discovery::VerbContext context);

/// Compares two servers that others write to, as two snapshots show them that other sessions have exported
/// and keep; `with_views`: materialized views, too.
[[nodiscard]] Status compare_at(discovery::VerbContext context, const live::SnapshotPair& snapshots,
                                bool with_views);

}  // namespace pghaul::job
