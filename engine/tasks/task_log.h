#pragma once

#include "base/error.h"
#include "journal/done_entry.h"
#include "measure/progress.h"
#include "plan/task_graph.h"

namespace pghaul::crew {
class Worker;
}

namespace pghaul::tasks {

struct Results;
class WorkPlan;

/// Takes note of what tasks have done, so that it is not done twice.
///
/// Ownership  none of what it is made with, which outlives it.
/// Threads    any, each with a worker of its own.
class TaskLog {
 public:
  TaskLog(const WorkPlan& work, Results& results, measure::Progress& progress)
      : work_(&work), results_(&results), progress_(&progress) {}
  TaskLog(const TaskLog&) = delete;
  TaskLog& operator=(const TaskLog&) = delete;
  virtual ~TaskLog() = default;

  /// Notes a task whose work is no transaction on the target, or is committed already, and posts its lines.
  [[nodiscard]] virtual Status journal_done(crew::Worker& worker, const plan::Task& task,
                                            const journal::DoneEntries& lines) = 0;
  /// Looks whether an attempt that was lost has been committed nevertheless; if so, posts its lines.
  [[nodiscard]] virtual Result<bool> was_committed(crew::Worker& worker, const plan::Task& task) = 0;
  /// Says whether all that this run has noted is certain to be there still.
  [[nodiscard]] virtual Result<bool> still_holds(crew::Worker& worker) = 0;

 protected:
  [[nodiscard]] const WorkPlan& work() const noexcept { return *work_; }
  void post(const plan::Task& task, const journal::DoneEntries& lines);

 private:
  const WorkPlan* work_;
  Results* results_;
  measure::Progress* progress_;
};

/// Keeps nothing beyond the run, which only reads, or writes files that an archive's journal knows each by
/// itself.
class LedgerOnly final : public TaskLog {
 public:
  using TaskLog::TaskLog;

  [[nodiscard]] Status journal_done(crew::Worker& worker, const plan::Task& task,
                                    const journal::DoneEntries& lines) override;
  [[nodiscard]] Result<bool> was_committed(crew::Worker&, const plan::Task&) override { return false; }
  [[nodiscard]] Result<bool> still_holds(crew::Worker&) override { return true; }
};

}  // namespace pghaul::tasks
