#pragma once

#include <chrono>
#include <functional>
#include <stop_token>

#include "base/error.h"
#include "plan/task_graph.h"

namespace pghaul::crew {
class Worker;
}

namespace pghaul::tasks {

class TaskExecutor;
class TaskLog;
class TaskReporter;
class WorkPlan;

/// Attempts tasks until they are done, or can't be.
///
/// Ownership  none of what it is made with, which outlives it.
/// Threads    any, each with a worker of its own.
class RetryLoop {
 public:
  /// `retry_for`: how long a task is tried again where what failed may pass.
  RetryLoop(const WorkPlan& work, TaskExecutor& executor, TaskLog& log, TaskReporter& reporter,
            std::chrono::milliseconds retry_for)
      : work_(work), executor_(executor), log_(log), reporter_(reporter), retry_for_(retry_for) {}

  /// Does the task; again, with new connections, where what failed may pass. A commit that was under way when
  /// the connection broke is looked up in the log. `retire`: asked when a server has no session for the
  /// worker; true: others do the task.
  [[nodiscard]] Status run(crew::Worker& worker, const plan::Task& task, const std::stop_token& give_up,
                           const std::function<bool()>& retire);

 private:
  [[nodiscard]] Status execute(crew::Worker& worker, const plan::Task& task);
  [[nodiscard]] Status retry(crew::Worker& worker, const plan::Task& task, bool& restarted);
  [[nodiscard]] Result<bool> was_committed(crew::Worker& worker, const plan::Task& task);

  const WorkPlan& work_;
  TaskExecutor& executor_;
  TaskLog& log_;
  TaskReporter& reporter_;
  std::chrono::milliseconds retry_for_;
};

}  // namespace pghaul::tasks
