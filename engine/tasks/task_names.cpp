#include "tasks/task_names.h"

#include <fmt/format.h>

#include <cstdint>

namespace pghaul::tasks {
namespace {

using plan::TaskKind;

/// Names the kind of places that the `objects` of a task are.
enum class Objects : std::uint8_t { none, relations, indexes, constraints, large_object_ranges };

Objects objects_of(TaskKind kind) {
  switch (kind) {
    case TaskKind::sequences:
    case TaskKind::post_data:
    case TaskKind::open:
    case TaskKind::release_opening:
      return Objects::none;
    case TaskKind::copy:
    case TaskKind::read_source:
    case TaskKind::read_back:
    case TaskKind::read_source_computed:
    case TaskKind::read_back_computed:
    case TaskKind::read_statistics:
    case TaskKind::statistics:
    case TaskKind::analyze:
    case TaskKind::refresh:
      return Objects::relations;
    case TaskKind::index:
    case TaskKind::attach_indexes:
      return Objects::indexes;
    case TaskKind::keys:
    case TaskKind::foreign_key:
    case TaskKind::validate:
      return Objects::constraints;
    case TaskKind::large_objects:
    case TaskKind::large_object_properties:
    case TaskKind::large_objects_read_source:
    case TaskKind::large_objects_read_back:
      return Objects::large_object_ranges;
  }
  return Objects::none;
}

std::string portion(const plan::Task& task) {
  if (task.kind == TaskKind::copy && !task.pages.whole()) {
    return fmt::format(" from page {}", task.pages.first);
  }
  if (task.parts > 1) return fmt::format(" {}/{}", task.part + 1, task.parts);
  return {};
}

}  // namespace

std::string TaskNames::describe(const plan::Task& task) const {
  if (task.kind == TaskKind::sequences) return fmt::format("{} sequences", source_->sequences.size());
  if (task.kind == TaskKind::post_data) return fmt::format("{} other objects", other_objects_);
  if (task.kind == TaskKind::open) return "the target";
  if (task.kind == TaskKind::release_opening) return "the state at the opening";
  if (objects_of(task.kind) == Objects::large_object_ranges) {
    return fmt::format("large objects {}/{}", task.objects.front() + 1,
                       source_->large_objects.range_starts.size());
  }
  if (task.objects.empty()) return plan::task_kind_name(task.kind);
  if (task.objects.size() == 1) return name_of(task, task.objects.front()) + portion(task);
  return fmt::format("{} and {} more", name_of(task, task.objects.front()), task.objects.size() - 1);
}

std::string TaskNames::object_of(const plan::Task& task) const {
  return task.objects.size() == 1 ? name_of(task, task.objects.front()) : "";
}

std::string TaskNames::name_of(const plan::Task& task, catalog::Place place) const {
  switch (objects_of(task.kind)) {
    case Objects::relations:
      return shown(source_->relations[place].name);
    case Objects::indexes:
      return shown(source_->indexes[place].name);
    case Objects::constraints: {
      const catalog::Constraint& constraint = source_->constraints[place];
      return shown(catalog::Name{source_->relations[constraint.relation].name.schema, constraint.name});
    }
    case Objects::none:
    case Objects::large_object_ranges:
      break;
  }
  return {};
}

}  // namespace pghaul::tasks
