#pragma once

#include <optional>

#include "base/error.h"
#include "discovery/verb_context.h"
#include "live/barrier_server.h"

namespace pghaul::job {

/// pghaul verify: row counts and digests of two databases, whichever tool made the copy. Touches neither
/// server.
[[nodiscard]] Status compare_databases(discovery::VerbContext context);

/// Two servers that others write to.
struct LiveServers {
  std::optional<live::SnapshotPair>
      snapshots;                      // exported by sessions that keep them; nothing: as they are now
  bool has_closed_sequences = false;  // a switchover has altered the definitions of one server's
  bool with_views = true;             // compares materialized views, too
};
[[nodiscard]] Status compare_live(discovery::VerbContext context, const LiveServers& servers);

/// Compares the definitions of two servers that others write to, unless --verify none says not to; the report
/// says nothing of it. Errors  refused, with `hint`: they differ; names where.
[[nodiscard]] Status refuse_different_definitions(const discovery::VerbContext& context,
                                                  bool has_closed_sequences, const char* hint);

}  // namespace pghaul::job
