#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/lsn.h"
#include "follow/visibility.h"

namespace pghaul::follow {

/// The start of a copy's changes: the snapshot that its rows were copied under. A transaction which that
/// snapshot sees is in the copy already, and must not be applied again.
class SnapshotStart {
 public:
  /// `snapshot`: "xmin:xmax:xip,…" as pg_current_snapshot() and txid_current_snapshot() write it. `until`: a
  /// position of the WAL that was read after the snapshot was taken; what is committed from there on it does
  /// not see. Nothing when `snapshot` is something else.
  [[nodiscard]] static std::optional<SnapshotStart> parse(std::string_view snapshot, Lsn until);

  /// Tells whether the copy has the transaction already. `xid`: without its epoch.
  [[nodiscard]] bool sees(std::uint32_t xid, Lsn commit_lsn) const;

 private:
  SnapshotStart(VisibleTransactions copied, Lsn until) : copied_(std::move(copied)), until_(until) {}

  VisibleTransactions copied_;
  Lsn until_;
};

}  // namespace pghaul::follow
