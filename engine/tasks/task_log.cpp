#include "tasks/task_log.h"

#include "tasks/post_to_ledger.h"

namespace pghaul::tasks {

void TaskLog::post(const plan::Task& task, const journal::DoneEntries& lines) {
  post_to_ledger(*work_, task, lines, *results_, *progress_);
}

Status LedgerOnly::journal_done(crew::Worker& /*worker*/, const plan::Task& task,
                                const journal::DoneEntries& lines) {
  post(task, lines);
  return {};
}

}  // namespace pghaul::tasks
