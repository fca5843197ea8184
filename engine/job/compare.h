#pragma once

#include "base/error.h"
#include "job/live_barriers.h"
#include "job/verb_context.h"

namespace pghaul::job {

/// pghaul verify: row counts and digests of two databases, whichever tool made the copy. Touches neither
/// server.
[[nodiscard]] Status compare_databases(VerbContext context);

/// Compares two servers that others write to, as two snapshots show them that other sessions have exported
/// and keep; `with_views`: materialized views, too.
[[nodiscard]] Status compare_at(VerbContext context, const SnapshotPair& snapshots, bool with_views);

}  // namespace pghaul::job
