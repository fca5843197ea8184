#include "tasks/post_data_task.h"

#include "crew/worker.h"
#include "tasks/schema_restore.h"
#include "tasks/task_log.h"

namespace pghaul::tasks {

Status restore_post_data(crew::Worker& worker, const SchemaRestore& schema,
                         const std::vector<schema::Entry>& entries, bool again, TaskLog& log,
                         const plan::Task& task) {
  if (!entries.empty()) worker.reconnect();  // leaves the session to pg_restore, where there are few
  const Status restored = schema.restore(entries, again);
  return restored ? log.journal_done(worker, task, {}) : restored;
}

}  // namespace pghaul::tasks
