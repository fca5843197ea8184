#include "schema/parallel_restore.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>

namespace pghaul::schema {
namespace {

constexpr std::size_t kSmallestShare = 200;  // entries: some 0.1 s, of which pg_restore's start is a tenth

bool is_of_tables(const Entry& entry) {
  constexpr std::array<std::string_view, 6> kKinds = {"TABLE",   "TABLE ATTACH",      "SEQUENCE",
                                                      "DEFAULT", "SEQUENCE OWNED BY", "STATISTICS"};
  return std::ranges::find(kKinds, entry.kind) != kKinds.end();
}

/// Groups entries that must be made by the same pg_restore, because one depends on another.
class Sorter {
 public:
  explicit Sorter(const std::vector<Entry>& entries) : groups_(entries.size()) {
    std::iota(groups_.begin(), groups_.end(), std::size_t{0});
    turns_.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      turns_.push_back(turn_of(entries[i]));
      if (turns_[i] == Turn::side_by_side) {
        for (const int dump_id : entries[i].depends_on) join(i, dump_id);
      }
      places_[entries[i].dump_id] = i;
    }
  }

  enum class Turn { first, side_by_side, last };
  [[nodiscard]] Turn turn(std::size_t entry) const { return turns_[entry]; }
  [[nodiscard]] std::size_t group(std::size_t entry) {
    while (groups_[entry] != entry) entry = groups_[entry] = groups_[groups_[entry]];
    return entry;
  }

 private:
  [[nodiscard]] Turn turn_of(const Entry& entry) const {
    Turn latest = Turn::first;
    for (const int dump_id : entry.depends_on) {
      const auto place = places_.find(dump_id);
      if (place != places_.end()) latest = std::max(latest, turns_[place->second]);
    }
    if (latest == Turn::last || (is_companion(entry) && entry.depends_on.empty())) return Turn::last;
    if (is_of_tables(entry)) return Turn::side_by_side;
    return is_companion(entry) || latest == Turn::first ? latest : Turn::last;
  }

  void join(std::size_t entry, int dump_id) {
    const auto place = places_.find(dump_id);
    if (place == places_.end() || turns_[place->second] != Turn::side_by_side) return;
    groups_[group(entry)] = group(place->second);
  }

  std::vector<Turn> turns_;
  std::vector<std::size_t> groups_;    // by entry: one that it goes with; the first of a group: itself
  std::map<int, std::size_t> places_;  // by dump id
};

}  // namespace

ParallelRestore share_out(const std::vector<Entry>& entries, std::size_t most) {
  Sorter sorter(entries);
  std::map<std::size_t, std::size_t> sizes;  // by group
  std::size_t movable = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (sorter.turn(i) != Sorter::Turn::side_by_side) continue;
    ++sizes[sorter.group(i)];
    ++movable;
  }
  const std::size_t count = std::min({most, movable / kSmallestShare, sizes.size()});
  if (count < 2) return {.first = entries, .side_by_side = {}, .last = {}};

  std::vector<std::pair<std::size_t, std::size_t>> largest_first;  // size, group
  for (const auto& [group, size] : sizes) largest_first.emplace_back(size, group);
  std::ranges::stable_sort(largest_first, std::ranges::greater{}, [](const auto& one) { return one.first; });
  std::vector<std::size_t> filled(count, 0);
  std::map<std::size_t, std::size_t> share_of;  // by group
  for (const auto& [size, group] : largest_first) {
    const auto emptiest = std::ranges::min_element(filled);
    *emptiest += size;
    share_of[group] = static_cast<std::size_t>(emptiest - filled.begin());
  }

  ParallelRestore shares;
  shares.side_by_side.resize(count);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    switch (sorter.turn(i)) {
      case Sorter::Turn::first:
        shares.first.push_back(entries[i]);
        break;
      case Sorter::Turn::side_by_side:
        shares.side_by_side[share_of[sorter.group(i)]].push_back(entries[i]);
        break;
      case Sorter::Turn::last:
        shares.last.push_back(entries[i]);
        break;
    }
  }
  return shares;
}

}  // namespace pghaul::schema
