#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "crew/work_queue.h"

namespace pghaul::crew {

/// Items that wait for nothing: the costliest is handed out first, so that none of them is left over at the
/// end.
class ItemList : public WorkQueue {
 public:
  /// There is one item for each of `costs`, in any unit; its number is its place.
  explicit ItemList(const std::vector<double>& costs);

  [[nodiscard]] std::optional<ItemId> next() override;
  void finished(ItemId) override { --unfinished_; }
  void give_back(ItemId item) override { waiting_.push_back(item); }
  [[nodiscard]] bool postpone(ItemId, const Error&) override { return false; }
  [[nodiscard]] bool done() const override { return unfinished_ == 0; }

 private:
  std::vector<ItemId> waiting_;  // the next one is the last
  std::size_t unfinished_;
};

}  // namespace pghaul::crew
