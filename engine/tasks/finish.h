#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "journal/journal.h"
#include "plan/task_graph.h"
#include "postgres/connection.h"
#include "postgres/transaction.h"
#include "tasks/run.h"

/// The end of every task: what it came to goes into the journal and into the ledger.
namespace pghaul::tasks {

/// Commits the task's work on the target, and its lines in the journal, in one transaction and one round
/// trip.
[[nodiscard]] Status commit(Run& run, const plan::Task& task, postgres::Transaction& work,
                            const std::vector<journal::TaskLine>& lines);
/// Statements on the target, which give no rows, for an object of a task or, of kNone, for the task.
struct Work {
  catalog::Place object = catalog::kNone;
  std::string script;
  std::string cannot;  // be done: how an error begins
};
/// Does it, and commits it with its lines in the journal, all in one round trip.
[[nodiscard]] Status commit_work(Run& run, const plan::Task& task, postgres::Transaction& work,
                                 const std::vector<Work>& parts);
/// For a task whose work is no transaction on the target, or is committed already.
[[nodiscard]] Status record(Run& run, const plan::Task& task, postgres::Connection& target,
                            const std::vector<journal::TaskLine>& lines);
/// Enters lines that are in the journal already.
void enter(Run& run, const plan::Task& task, const std::vector<journal::TaskLine>& lines);

}  // namespace pghaul::tasks
