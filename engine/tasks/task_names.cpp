#include "tasks/task_names.h"

#include <fmt/format.h>

namespace pghaul::tasks {
namespace {

using plan::TaskKind;

std::string portion(const plan::Task& task) {
  if (task.kind == TaskKind::copy && !task.pages.whole()) {
    return fmt::format(" from page {}", task.pages.first);
  }
  if (task.parts > 1) return fmt::format(" {}/{}", task.part + 1, task.parts);
  return {};
}

}  // namespace

std::string TaskNames::describe(const plan::Task& task) const {
  switch (task.kind) {
    case TaskKind::large_objects:
    case TaskKind::large_object_properties:
    case TaskKind::large_objects_read_source:
    case TaskKind::large_objects_read_back:
      return fmt::format("large objects {}/{}", task.objects.front() + 1,
                         source_->large_objects.range_starts.size());
    case TaskKind::sequences:
      return fmt::format("{} sequences", source_->sequences.size());
    case TaskKind::post_data:
      return fmt::format("{} other objects", other_objects_);
    case TaskKind::open:
      return "the target";
    case TaskKind::release_opening:
      return "the state at the opening";
    case TaskKind::copy:
    case TaskKind::read_source:
    case TaskKind::read_back:
    case TaskKind::read_source_computed:
    case TaskKind::read_back_computed:
    case TaskKind::read_statistics:
    case TaskKind::statistics:
    case TaskKind::analyze:
    case TaskKind::refresh:
    case TaskKind::index:
    case TaskKind::attach_indexes:
    case TaskKind::keys:
    case TaskKind::foreign_key:
    case TaskKind::validate:
      break;
  }
  if (task.objects.size() == 1) return name_of(task, task.objects.front()) + portion(task);
  return fmt::format("{} and {} more", name_of(task, task.objects.front()), task.objects.size() - 1);
}

std::string TaskNames::object_of(const plan::Task& task) const {
  switch (task.kind) {
    case TaskKind::large_objects:
    case TaskKind::large_object_properties:
    case TaskKind::large_objects_read_source:
    case TaskKind::large_objects_read_back:
    case TaskKind::sequences:
    case TaskKind::post_data:
    case TaskKind::open:
    case TaskKind::release_opening:
      return {};
    case TaskKind::copy:
    case TaskKind::read_source:
    case TaskKind::read_back:
    case TaskKind::read_source_computed:
    case TaskKind::read_back_computed:
    case TaskKind::read_statistics:
    case TaskKind::statistics:
    case TaskKind::analyze:
    case TaskKind::refresh:
    case TaskKind::index:
    case TaskKind::attach_indexes:
    case TaskKind::keys:
    case TaskKind::foreign_key:
    case TaskKind::validate:
      return task.objects.size() == 1 ? name_of(task, task.objects.front()) : "";
  }
  return {};
}

std::string TaskNames::name_of(const plan::Task& task, catalog::Place place) const {
  switch (task.kind) {
    case TaskKind::index:
    case TaskKind::attach_indexes:
      return shown(source_->indexes[place].name);
    case TaskKind::keys:
    case TaskKind::foreign_key:
    case TaskKind::validate: {
      const catalog::Constraint& constraint = source_->constraints[place];
      return shown(catalog::Name{source_->relations[constraint.relation].name.schema, constraint.name});
    }
    case TaskKind::copy:
    case TaskKind::read_source:
    case TaskKind::read_back:
    case TaskKind::read_source_computed:
    case TaskKind::read_back_computed:
    case TaskKind::read_statistics:
    case TaskKind::statistics:
    case TaskKind::analyze:
    case TaskKind::refresh:
    case TaskKind::open:
      return shown(source_->relations[place].name);
    case TaskKind::large_objects:
    case TaskKind::large_object_properties:
    case TaskKind::large_objects_read_source:
    case TaskKind::large_objects_read_back:
    case TaskKind::sequences:
    case TaskKind::post_data:
    case TaskKind::release_opening:
      break;
  }
  return {};
}

}  // namespace pghaul::tasks
