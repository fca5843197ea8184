#pragma once

#include "base/error.h"
#include "plan/task_graph.h"

namespace pghaul::crew {
class Worker;
}

namespace pghaul::tasks {

/// Does tasks of the kinds that one verb has.
///
/// Threads    any, each with a worker of its own.
class TaskExecutor {
 public:
  TaskExecutor() = default;
  TaskExecutor(const TaskExecutor&) = delete;
  TaskExecutor& operator=(const TaskExecutor&) = delete;
  virtual ~TaskExecutor() = default;

  /// Does one task, in one transaction on the target unless its kind says otherwise; a failure leaves the
  /// target as it was before the task.
  [[nodiscard]] virtual Status execute(crew::Worker& worker, const plan::Task& task) = 0;
};

/// Returns the error for a task of a kind that the verb does not have.
[[nodiscard]] Status no_such_task(const plan::Task& task, const char* verb);

}  // namespace pghaul::tasks
