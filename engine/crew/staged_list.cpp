#include "crew/staged_list.h"

#include <algorithm>
#include <numeric>

namespace pghaul::crew {

StagedList::StagedList(const std::vector<Group>& groups) : groups_(groups.size()), waiting_(groups.size()) {
  for (std::size_t group = 0; group < groups.size(); ++group) {
    for (std::size_t stage = 0; stage < groups[group].stages.size(); ++stage) {
      std::vector<ItemId>& items = groups_[group].stages.emplace_back();
      for (std::size_t number = 0; number < groups[group].stages[stage]; ++number) {
        items.push_back(static_cast<ItemId>(places_.size()));
        places_.push_back({group, stage, number});
      }
    }
  }
  unfinished_ = places_.size();
  std::iota(waiting_.rbegin(), waiting_.rend(), std::size_t{0});
  std::ranges::stable_sort(waiting_, {}, [&](std::size_t group) { return groups[group].cost; });
}

std::optional<ItemId> StagedList::next() {
  while (ready_.empty() && !waiting_.empty()) {
    State& group = groups_[waiting_.back()];
    waiting_.pop_back();
    open_stage(group);
  }
  if (ready_.empty()) return std::nullopt;
  const ItemId item = ready_.front();
  ready_.pop_front();
  return item;
}

void StagedList::finished(ItemId item) {
  --unfinished_;
  State& group = groups_[places_[item].group];
  if (--group.unfinished == 0) open_stage(group);
}

/// Hands out the items of the group's next stage that has any.
void StagedList::open_stage(State& group) {
  while (group.next < group.stages.size() && group.unfinished == 0) {
    const std::vector<ItemId>& items = group.stages[group.next++];
    group.unfinished = items.size();
    ready_.insert(ready_.end(), items.begin(), items.end());
  }
}

}  // namespace pghaul::crew
