#include "follow/snapshot_start.h"

namespace pghaul::follow {

std::optional<SnapshotStart> SnapshotStart::parse(std::string_view snapshot, Lsn until) {
  std::optional<VisibleTransactions> copied = VisibleTransactions::parse(snapshot);
  if (!copied) return std::nullopt;
  return SnapshotStart(std::move(*copied), until);
}

/// Asks only for the short time before `until_`: later on numbers may have come round.
bool SnapshotStart::sees(std::uint32_t xid, Lsn commit_lsn) const {
  return commit_lsn < until_ && copied_.sees(xid);
}

}  // namespace pghaul::follow
