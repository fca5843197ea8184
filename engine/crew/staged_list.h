#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "crew/work_queue.h"

namespace pghaul::crew {

/// Groups of items that go through stages: the items of a stage are handed out once all those of the group's
/// stages before it have finished. The costliest group begins first, and none begins while one that has begun
/// has an item to hand out, so that no more groups are under way than there are workers.
class StagedList : public WorkQueue {
 public:
  struct Group {
    double cost = 0;                  // in any unit
    std::vector<std::size_t> stages;  // how many items each has
  };
  struct Place {
    std::size_t group = 0;
    std::size_t stage = 0;
    std::size_t number = 0;  // within the stage
  };
  explicit StagedList(const std::vector<Group>& groups);

  [[nodiscard]] const Place& place(ItemId item) const { return places_[item]; }
  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

  [[nodiscard]] std::optional<ItemId> next() override;
  void finished(ItemId item) override;
  void give_back(ItemId item) override { ready_.push_front(item); }
  [[nodiscard]] bool postpone(ItemId, const Error&) override { return false; }
  [[nodiscard]] bool done() const override { return unfinished_ == 0; }

 private:
  struct State {
    std::vector<std::vector<ItemId>> stages;
    std::size_t next = 0;        // the first stage that has not been opened
    std::size_t unfinished = 0;  // items of the present stage
  };
  void open_stage(State& group);

  std::vector<Place> places_;  // of each item
  std::vector<State> groups_;
  std::vector<std::size_t> waiting_;  // groups that have not begun; the next one is the last
  std::deque<ItemId> ready_;
  std::size_t unfinished_ = 0;
};

}  // namespace pghaul::crew
