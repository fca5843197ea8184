#include <utility>

#include "crew/worker.h"
#include "postgres/transaction.h"
#include "schema/statements.h"
#include "tasks/copy_task.h"
#include "tasks/row_source.h"
#include "tasks/target_task_log.h"

namespace pghaul::tasks {

Status copy_sequences(crew::Worker& worker, const RowSource& source, TargetTaskLog& log,
                      std::vector<catalog::Sequence>& copied, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  Result<std::vector<catalog::Sequence>> sequences = source.sequences(worker);
  if (!sequences) return fail(sequences.error());
  postgres::Transaction setting = postgres::Transaction::begin(**target);
  for (const std::string& statement : schema::set_sequences(*sequences)) {
    const Status set = (*target)->execute(statement);
    if (!set) return set.error().during("cannot set the sequences");
  }
  const Status committed = log.commit_task(task, setting, {});
  if (committed) copied = std::move(*sequences);
  return committed;
}

}  // namespace pghaul::tasks
