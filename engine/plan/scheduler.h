#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "plan/task_graph.h"

namespace pghaul::plan {

/// Chooses which task comes next: of those whose predecessors have finished and whose locks nobody holds, the
/// one on the longest remaining path. Pure: a run and a forecast drive the same one.
///
/// Ownership  none of the graph, which must outlive it.
/// Threads    one at a time.
class Scheduler {
 public:
  explicit Scheduler(const TaskGraph& graph);

  /// Starts the next task; nothing when all that is left has to wait for a running one.
  [[nodiscard]] std::optional<TaskId> next();
  void finished(TaskId task);
  /// Records that the task has failed, and is to be retried when nothing else is left to do. false: nothing
  /// has finished since it failed the last time, so it would fail again.
  [[nodiscard]] bool postpone(TaskId task);
  /// Takes back a task that was not done after all: it may start again.
  void put_back(TaskId task);
  /// Tells whether every task has finished.
  [[nodiscard]] bool done() const noexcept { return unfinished_ == 0; }
  [[nodiscard]] std::size_t unfinished() const noexcept { return unfinished_; }

 private:
  struct Candidate {
    double remaining;
    TaskId task;

    friend bool operator<(const Candidate& one, const Candidate& other) noexcept {
      return one.remaining < other.remaining || (one.remaining == other.remaining && one.task > other.task);
    }
  };
  using Queue = std::priority_queue<Candidate>;
  /// The locks of one relation: how many running tasks hold each mode, and which tasks were turned away.
  struct Locks {
    std::array<std::uint32_t, kLockModes> held{};
    std::array<Queue, kLockModes> parked;

    [[nodiscard]] bool grants(LockMode mode) const noexcept;
  };

  [[nodiscard]] const RelationLock* obstacle(const Task& task) const;
  void hold(const Task& task);
  void release(const Task& task);
  void unpark(const Task& task);
  void retry_postponed();

  const TaskGraph* graph_;
  std::vector<double> remaining_;
  std::vector<std::vector<TaskId>> followers_;
  std::vector<std::uint32_t> waiting_for_;  // predecessors still unfinished, for each task
  Queue ready_;
  // A ready task that meets a lock moves to that lock's queue, so that next() looks at it once and not each
  // time. Where a queue's mode could be granted, its first has been put back into ready_.
  std::unordered_map<catalog::Place, Locks> locks_;
  std::size_t unfinished_;
  std::size_t running_ = 0;
  std::vector<TaskId> postponed_;                        // to be started again
  std::unordered_map<TaskId, std::size_t> failed_with_;  // by task that has failed: the tasks unfinished then
};

}  // namespace pghaul::plan
