#pragma once

#include <cstddef>
#include <string>

#include "catalog/model.h"
#include "plan/task_graph.h"

namespace pghaul::tasks {

/// Names tasks, and what they work on, for people: in progress, in the timeline and in errors.
///
/// Ownership  none of the catalog, which outlives it.
/// Threads    any.
class TaskNames {
 public:
  /// `other_objects`: the number of those that the post-data task makes.
  TaskNames(const catalog::Catalog& source, std::size_t other_objects)
      : source_(&source), other_objects_(other_objects) {}

  /// Returns "public.orders 2/4", for example.
  [[nodiscard]] std::string describe(const plan::Task& task) const;
  /// Returns the name of the one object that the task has; empty where it has none, or several.
  [[nodiscard]] std::string object_of(const plan::Task& task) const;

 private:
  [[nodiscard]] std::string name_of(const plan::Task& task, catalog::Place place) const;

  const catalog::Catalog* source_;
  std::size_t other_objects_;
};

}  // namespace pghaul::tasks
