#pragma once

#include <functional>
#include <mutex>
#include <utility>

#include "plan/task_graph.h"
#include "tasks/task_executor.h"

namespace pghaul::tasks {

/// Makes those tasks that need rows of several tables to fit together wait for all others before them.
void put_catch_up_first(plan::TaskGraph& graph);

/// Another executor, which applies the source's changes before it does the first task that needs rows of
/// several tables to fit together: foreign keys and what comes after them. Where tables were copied under
/// different snapshots, they fit only once the changes up to the last of these have been applied.
///
/// Ownership  none of the other, which outlives it.
class CatchUpFirst final : public TaskExecutor {
 public:
  CatchUpFirst(TaskExecutor& executor, std::function<Status()> catch_up)
      : executor_(executor), catch_up_(std::move(catch_up)) {}

  [[nodiscard]] Status execute(crew::Worker& worker, const plan::Task& task) override;

 private:
  [[nodiscard]] Status catch_up();

  TaskExecutor& executor_;
  std::function<Status()> catch_up_;
  std::mutex mutex_;
  bool caught_up_ = false;
};

}  // namespace pghaul::tasks
