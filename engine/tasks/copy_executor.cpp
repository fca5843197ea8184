#include "tasks/copy_executor.h"

#include "crew/worker.h"
#include "tasks/analyze_task.h"
#include "tasks/constraint_task.h"
#include "tasks/copy_task.h"
#include "tasks/index_task.h"
#include "tasks/large_object_properties_task.h"
#include "tasks/post_data_task.h"
#include "tasks/read_task.h"
#include "tasks/refresh_task.h"
#include "tasks/results.h"
#include "tasks/statistics_task.h"
#include "tasks/target_task_log.h"

namespace pghaul::tasks {

using plan::TaskKind;

Status CopyExecutor::execute(crew::Worker& worker, const plan::Task& task) {
  const WorkPlan& work = parts_.work;
  const catalog::Catalog& catalog = work.source();
  const RowSource& source = parts_.source;
  TargetTaskLog& log = parts_.log;
  Results& results = parts_.results;
  const bool again = parts_.resumed || worker.repeats();
  switch (task.kind) {
    case TaskKind::copy:
      return copy_rows(worker, work, source, parts_.progress, log, task);
    case TaskKind::large_objects:
      return copy_large_objects(worker, source, parts_.progress, log, task);
    case TaskKind::large_object_properties:
      return set_large_object_properties(worker, source, parts_.object_properties, parts_.locks_together, log,
                                         task);
    case TaskKind::sequences:
      return copy_sequences(worker, source, log, results.sequences, task);
    case TaskKind::read_source:
    case TaskKind::read_source_computed:
    case TaskKind::large_objects_read_source:
      return read_source(worker, source, log, task);
    case TaskKind::read_back:
    case TaskKind::read_back_computed:
      return read_back_rows(worker, work, results.target, log, task);
    case TaskKind::large_objects_read_back:
      return read_back_large_objects(worker, work, results.target, log, task);
    case TaskKind::index:
      return build_indexes(worker, catalog, log, task);
    case TaskKind::attach_indexes:
      return attach_indexes(worker, catalog, log, task);
    case TaskKind::keys:
      return add_keys(worker, catalog, log, task);
    case TaskKind::foreign_key:
      return add_foreign_keys(worker, catalog, log, task);
    case TaskKind::validate:
      return validate_foreign_keys(worker, catalog, log, task);
    case TaskKind::read_statistics:
      return read_statistics(worker, work, source, log, task);
    case TaskKind::statistics:
      return give_statistics(worker, work, log, results, task);
    case TaskKind::analyze:
      return analyze(worker, work, log, results.omissions, task);
    case TaskKind::post_data:
      return restore_post_data(worker, parts_.schema, parts_.after_data, again, log, task);
    case TaskKind::refresh:
      return refresh(worker, catalog, log, task);
    case TaskKind::open:
      return open_target(worker, work, parts_.opener, again, log, results, task);
    case TaskKind::release_opening:
      return release_opening(worker, parts_.opener, log, task);
  }
  return no_such_task(task, "a copy");
}

}  // namespace pghaul::tasks
