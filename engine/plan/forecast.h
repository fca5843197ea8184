#pragma once

#include <optional>
#include <vector>

#include "plan/machines.h"
#include "plan/task_graph.h"

namespace pghaul::plan {

/// When each task would run.
struct Forecast {
  struct Span {
    double start = 0;
    double end = 0;
    /// The task whose end let this one start: a predecessor, or who freed the worker or the lock.
    std::optional<TaskId> cause;
  };
  double seconds = 0;
  std::vector<Span> spans;  // of each task

  /// The chain of tasks, first to last, each of which started when the one before it ended, up to `last`:
  /// what would have to be shorter for it to end earlier.
  [[nodiscard]] std::vector<TaskId> critical_chain(TaskId last) const;
  /// Up to the last end.
  [[nodiscard]] std::vector<TaskId> critical_chain() const;
};

/// The graph with so many workers: the same Scheduler, driven by a simulated clock. Deterministic.
///
/// A machine whose running tasks want more cores than it has slows all of them alike; a task is as slow as
/// the slowest machine that it works on.
[[nodiscard]] Forecast forecast(const TaskGraph& graph, int workers, const Machines& machines);

}  // namespace pghaul::plan
