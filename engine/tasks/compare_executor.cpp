#include "tasks/compare_executor.h"

#include "tasks/read_task.h"

namespace pghaul::tasks {

Status CompareExecutor::execute(crew::Worker& worker, const plan::Task& task) {
  using plan::TaskKind;
  switch (task.kind) {
    case TaskKind::read_source:
    case TaskKind::read_source_computed:
    case TaskKind::large_objects_read_source:
      return read_source(worker, source_, log_, task);
    case TaskKind::read_back:
    case TaskKind::read_back_computed:
      return read_back_rows(worker, work_, target_, log_, task);
    case TaskKind::large_objects_read_back:
      return read_back_large_objects(worker, work_, target_, log_, task);
    default:
      return no_such_task(task, "a comparison");
  }
}

}  // namespace pghaul::tasks
