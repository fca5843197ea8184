#include "tasks/tasks.h"

#include <fmt/format.h>

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

std::string name_of(const Run& run, const plan::Task& task, catalog::Place place) {
  switch (task.kind) {
    case TaskKind::index:
    case TaskKind::attach_indexes:
      return shown(run.source->indexes[place].name);
    case TaskKind::keys:
    case TaskKind::foreign_key:
    case TaskKind::validate: {
      const catalog::Constraint& constraint = run.source->constraints[place];
      return shown(catalog::Name{run.relation(constraint.relation).name.schema, constraint.name});
    }
    default:
      return shown(run.relation(place).name);
  }
}

std::string portion(const plan::Task& task) {
  if (task.kind == TaskKind::copy && !task.pages.whole()) {
    return fmt::format(" from page {}", task.pages.first);
  }
  if (task.parts > 1) return fmt::format(" {}/{}", task.part + 1, task.parts);
  return {};
}

/// The one object of a task that has one, and no other.
std::string object_of(const Run& run, const plan::Task& task) {
  switch (task.kind) {
    case TaskKind::large_objects:
    case TaskKind::large_object_properties:
    case TaskKind::large_objects_read_source:
    case TaskKind::large_objects_read_back:
      return {};
    default:
      return task.objects.size() == 1 ? name_of(run, task, task.objects.front()) : "";
  }
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
  if (!done && done.error().object.empty()) done.error().object = object_of(run, task);
  return done;
}

std::string describe(const Run& run, const plan::Task& task) {
  switch (task.kind) {
    case TaskKind::large_objects:
    case TaskKind::large_object_properties:
    case TaskKind::large_objects_read_source:
    case TaskKind::large_objects_read_back:
      return fmt::format("large objects {}/{}", task.objects.front() + 1,
                         run.source->large_objects.range_starts.size());
    case TaskKind::sequences:
      return fmt::format("{} sequences", run.source->sequences.size());
    case TaskKind::post_data:
      return fmt::format("{} other objects", run.after_data.size());
    case TaskKind::open:
      return "the target";
    case TaskKind::let_go:
      return "the state at the opening";
    default:
      break;
  }
  if (task.objects.size() == 1) return name_of(run, task, task.objects.front()) + portion(task);
  return fmt::format("{} and {} more", name_of(run, task, task.objects.front()), task.objects.size() - 1);
}

}  // namespace pghaul::tasks
