#pragma once

#include <string>
#include <utility>
#include <vector>

#include "postgres/transaction.h"
#include "tasks/task_log.h"

namespace pghaul::journal {
class Journal;
}

namespace pghaul::tasks {

/// Statements on the target that give no rows.
struct Script {
  catalog::Place object = catalog::kNone;  // the one of the task's that it is for; kNone: none of them
  std::string sql;
  std::string cannot;  // names the work in "cannot …", the beginning of an error
};

/// Records what tasks have done in the journal in the target, where it is committed together with their work.
class TargetTaskLog final : public TaskLog {
 public:
  /// `still_held`: a query that tells whether the target has not restarted since the run began.
  TargetTaskLog(const WorkPlan& work, Results& results, measure::Progress& progress,
                journal::Journal& journal, std::string still_held)
      : TaskLog(work, results, progress), journal_(&journal), still_held_(std::move(still_held)) {}

  /// Commits the task's work on the target, and its lines, in one transaction and one round trip.
  [[nodiscard]] Status commit_task(const plan::Task& task, postgres::Transaction& work,
                                   const journal::DoneEntries& lines);
  /// Executes the scripts, which are the task's work, and commits them with a line for each object, all in
  /// one round trip.
  [[nodiscard]] Status commit_scripts(const plan::Task& task, postgres::Transaction& work,
                                      const std::vector<Script>& scripts);
  /// Records, in the transaction of `target`, that the application is let in.
  [[nodiscard]] Status enter_opening(postgres::Connection& target);

  /// Returns the name, quoted, of the table in which the source's statistics wait.
  [[nodiscard]] std::string statistics_table() const;

  [[nodiscard]] Status journal_done(crew::Worker& worker, const plan::Task& task,
                                    const journal::DoneEntries& lines) override;
  [[nodiscard]] Result<bool> was_committed(crew::Worker& worker, const plan::Task& task) override;
  [[nodiscard]] Result<bool> still_holds(crew::Worker& worker) override;

 private:
  [[nodiscard]] std::string insert(const plan::Task& task, const journal::DoneEntries& lines) const;

  journal::Journal* journal_;
  std::string still_held_;
};

}  // namespace pghaul::tasks
