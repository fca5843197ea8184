#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "plan/task_graph.h"

namespace pghaul::plan {

/// Says which task comes next: of those whose predecessors have finished and whose locks nobody holds, the
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
  /// Every task has finished.
  [[nodiscard]] bool done() const noexcept { return unfinished_ == 0; }
  [[nodiscard]] std::size_t unfinished() const noexcept { return unfinished_; }

 private:
  [[nodiscard]] bool locks_are_free(const Task& task) const;

  const TaskGraph* graph_;
  std::vector<double> remaining_;
  std::vector<std::vector<TaskId>> followers_;
  std::vector<std::uint32_t> waiting_for_;                // predecessors still unfinished, for each task
  std::set<std::pair<double, TaskId>> ready_;             // most negative first: -remaining, id
  std::map<catalog::Place, std::vector<LockMode>> held_;  // by running tasks
  std::size_t unfinished_;
};

}  // namespace pghaul::plan
