#include "tasks/archive_executor.h"

#include "tasks/read_task.h"
#include "tasks/results.h"

namespace pghaul::tasks {

Status ArchiveExecutor::execute(crew::Worker& worker, const plan::Task& task) {
  using plan::TaskKind;
  switch (task.kind) {
    case TaskKind::copy:
      return store_rows(worker, source_, store_, log_, task);
    case TaskKind::large_objects:
      return store_large_objects(worker, source_, store_, log_, task);
    case TaskKind::sequences:
      return store_sequences(worker, source_, results_.sequences, log_, task);
    case TaskKind::read_source_computed:
      return read_source(worker, source_, log_, task);
    case TaskKind::read_back:
    case TaskKind::large_objects_read_back:
      return read_back_stored(worker, store_, log_, task);
    default:
      return no_such_task(task, "an archive");
  }
}

}  // namespace pghaul::tasks
