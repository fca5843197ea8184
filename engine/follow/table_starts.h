#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/lsn.h"
#include "follow/progress.h"
#include "follow/snapshot_start.h"

namespace pghaul::follow {

/// The starts of the changes of a copy's tables. Most have that of the copy; a table that was copied under a
/// later snapshot has its own.
class TableStarts {
 public:
  /// Gives all tables the same start.
  TableStarts(SnapshotStart copy) { add(std::move(copy)); }  // NOLINT(google-explicit-constructor)
  /// Nothing when the progress does not say under which snapshots the rows were copied.
  [[nodiscard]] static std::optional<TableStarts> of(const Progress& progress);

  /// Begins a transaction of the source. `xid`: without its epoch.
  void begin(std::uint32_t xid, Lsn commit_lsn);
  /// Tells whether the target has the transaction's changes of the table already.
  [[nodiscard]] bool cover(std::uint32_t table) const;

 private:
  std::size_t add(SnapshotStart start);

  std::vector<SnapshotStart> starts_;                        // the first is the copy's
  std::unordered_map<std::uint32_t, std::size_t> of_table_;  // places in starts_
  std::vector<bool> seen_;  // by these places: the snapshot sees the present transaction
  bool any_seen_ = false;
};

}  // namespace pghaul::follow
