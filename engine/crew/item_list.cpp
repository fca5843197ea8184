#include "crew/item_list.h"

#include <algorithm>
#include <numeric>

namespace pghaul::crew {

ItemList::ItemList(const std::vector<double>& costs) : waiting_(costs.size()), unfinished_(costs.size()) {
  std::iota(waiting_.rbegin(), waiting_.rend(), ItemId{0});
  std::ranges::stable_sort(waiting_, {}, [&](ItemId item) { return costs[item]; });
}

std::optional<ItemId> ItemList::next() {
  if (waiting_.empty()) return std::nullopt;
  const ItemId item = waiting_.back();
  waiting_.pop_back();
  return item;
}

}  // namespace pghaul::crew
