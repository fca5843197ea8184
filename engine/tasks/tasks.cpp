#include "tasks/tasks.h"

namespace pghaul::tasks {
namespace {

using plan::TaskKind;

/// Into an archive goes what can't be made of anything else.
Status store(crew::Worker& worker, Run& run, const plan::Task& task) {
  switch (task.kind) {
    case TaskKind::copy:
      return store_rows(worker, run, task);
    case TaskKind::large_objects:
      return store_large_objects(worker, run, task);
    case TaskKind::sequences:
      return store_sequences(worker, run, task);
    case TaskKind::read_source_computed:
      return read_source_rows(worker, run, task);
    case TaskKind::read_back:
    case TaskKind::large_objects_read_back:
      return read_back_stored(worker, run, task);
    default:
      return fail(ErrorCode::internal, "a task that no archive knows");
  }
}

Status dispatch(crew::Worker& worker, Run& run, const plan::Task& task) {
  if (run.store != nullptr) return store(worker, run, task);
  switch (task.kind) {
    case TaskKind::copy:
      return copy_rows(worker, run, task);
    case TaskKind::large_objects:
      return copy_large_objects(worker, run, task);
    case TaskKind::large_object_properties:
      return set_large_object_properties(worker, run, task);
    case TaskKind::sequences:
      return copy_sequences(worker, run, task);
    case TaskKind::read_source:
    case TaskKind::read_source_computed:
      return read_source_rows(worker, run, task);
    case TaskKind::large_objects_read_source:
      return read_source_large_objects(worker, run, task);
    case TaskKind::read_back:
    case TaskKind::read_back_computed:
      return read_back_rows(worker, run, task);
    case TaskKind::large_objects_read_back:
      return read_back_large_objects(worker, run, task);
    case TaskKind::index:
      return build_indexes(worker, run, task);
    case TaskKind::attach_indexes:
      return attach_indexes(worker, run, task);
    case TaskKind::keys:
      return add_keys(worker, run, task);
    case TaskKind::foreign_key:
      return add_foreign_keys(worker, run, task);
    case TaskKind::validate:
      return validate_foreign_keys(worker, run, task);
    case TaskKind::read_statistics:
      return read_statistics(worker, run, task);
    case TaskKind::statistics:
      return give_statistics(worker, run, task);
    case TaskKind::analyze:
      return analyze(worker, run, task);
    case TaskKind::post_data:
      return restore_post_data(worker, run, task);
    case TaskKind::refresh:
      return refresh(worker, run, task);
    case TaskKind::open:
      return open_target(worker, run, task);
    case TaskKind::let_go:
      return let_go_of_opening(worker, run, task);
  }
  return fail(ErrorCode::internal, "a task of no known kind");
}

}  // namespace

Status execute(crew::Worker& worker, Run& run, TaskTelling& telling, const plan::Task& task) {
  if (run.is_journalled(task)) {
    telling.is_done_already(task);
    return {};
  }
  const double start = run.timeline->now();
  telling.starts(worker.number(), task);
  Status done = dispatch(worker, run, task);
  telling.ends(worker.number(), task, start, done.has_value());
  if (!done && done.error().object.empty()) done.error().object = run.names().object_of(task);
  return done;
}

}  // namespace pghaul::tasks
