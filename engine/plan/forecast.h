#pragma once

#include <optional>
#include <vector>

#include "plan/machines.h"
#include "plan/task_graph.h"

namespace pghaul::plan {

/// A simulated schedule of a graph's tasks.
struct Forecast {
  struct Span {
    double start = 0;
    double end = 0;
    /// The task whose end let this one start: a predecessor, or the one that freed the worker or the lock.
    std::optional<TaskId> cause;
  };
  double seconds = 0;
  std::vector<Span> spans;  // by task

  /// Returns the chain of tasks, first to last, each of which started when the one before it ended, up to
  /// `last`: what would have to be shorter for it to end earlier.
  [[nodiscard]] std::vector<TaskId> critical_chain(TaskId last) const;
  /// Returns the chain up to the task that ends last.
  [[nodiscard]] std::vector<TaskId> critical_chain() const;
};

/// Simulates the graph with so many workers: the Scheduler of a run, driven by a simulated clock.
/// Deterministic.
///
/// A machine whose running tasks want more cores than it has slows all of them alike; a task is as slow as
/// the slowest machine that it works on.
[[nodiscard]] Forecast forecast(const TaskGraph& graph, int workers, const Machines& machines);

}  // namespace pghaul::plan
