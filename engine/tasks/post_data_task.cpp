#include "tasks/finish.h"
#include "tasks/restore_entries.h"
#include "tasks/tasks.h"

namespace pghaul::tasks {

Status restore_post_data(crew::Worker& worker, Run& run, const plan::Task& task) {
  if (!run.after_data.empty()) worker.start_afresh();  // pg_restore takes its place, where there are few
  const Status restored = restore_entries(run, run.after_data, run.resumed || worker.repeats());
  if (!restored) return restored;
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  return record(run, task, **target, {});
}

}  // namespace pghaul::tasks
