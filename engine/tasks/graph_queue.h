#pragma once

#include <optional>

#include "crew/work_queue.h"
#include "plan/scheduler.h"
#include "plan/task_graph.h"

namespace pghaul::tasks {

/// Hands a graph's tasks to a crew, by their ids, in the order of plan::Scheduler. A task that reads what
/// others make is done again when these are done.
///
/// Ownership  none of the graph, which must outlive it.
class GraphQueue : public crew::WorkQueue {
 public:
  explicit GraphQueue(const plan::TaskGraph& graph) : graph_(&graph), scheduler_(graph) {}

  [[nodiscard]] std::optional<crew::ItemId> next() override { return scheduler_.next(); }
  void finished(crew::ItemId task) override { scheduler_.finished(task); }
  void give_back(crew::ItemId task) override { scheduler_.put_back(task); }
  [[nodiscard]] bool postpone(crew::ItemId task, const Error& failure) override;
  [[nodiscard]] bool done() const override { return scheduler_.done(); }

 private:
  const plan::TaskGraph* graph_;
  plan::Scheduler scheduler_;
};

}  // namespace pghaul::tasks
