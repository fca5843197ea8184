#include "follow/table_starts.h"

#include <map>
#include <string>

namespace pghaul::follow {

std::optional<TableStarts> TableStarts::of(const Progress& progress) {
  std::optional<SnapshotStart> copy = SnapshotStart::parse(progress.snapshot, progress.snapshot_until);
  if (!copy) return std::nullopt;
  TableStarts starts(std::move(*copy));
  std::map<std::pair<std::string, Lsn>, std::size_t> known;  // tables that were copied together share one
  for (const LateTable& late : progress.late_tables) {
    const auto [place, is_new] = known.try_emplace({late.snapshot, late.snapshot_until});
    if (is_new) {
      std::optional<SnapshotStart> start = SnapshotStart::parse(late.snapshot, late.snapshot_until);
      if (!start) return std::nullopt;
      place->second = starts.add(std::move(*start));
    }
    starts.of_table_[late.table] = place->second;
  }
  return starts;
}

std::size_t TableStarts::add(SnapshotStart start) {
  starts_.push_back(std::move(start));
  seen_.push_back(false);
  return starts_.size() - 1;
}

void TableStarts::begin(std::uint32_t xid, Lsn commit_lsn) {
  any_seen_ = false;
  for (std::size_t place = 0; place < starts_.size(); ++place) {
    seen_[place] = starts_[place].sees(xid, commit_lsn);
    any_seen_ = any_seen_ || seen_[place];
  }
}

bool TableStarts::cover(std::uint32_t table) const {
  if (!any_seen_) return false;
  const auto own = of_table_.find(table);
  return seen_[own == of_table_.end() ? 0 : own->second];
}

}  // namespace pghaul::follow
