#pragma once

#include <string>

#include "plan/task_graph.h"
#include "tasks/run.h"

/// The names of an archive's data files: of the same task always the same, so that another run finds them.
namespace pghaul::tasks {

/// Of the rows of one of a task's objects.
[[nodiscard]] std::string stored_file(const Run& run, const plan::Task& task, catalog::Place object);
[[nodiscard]] std::string stored_table_file(const catalog::Relation& relation, catalog::Place place,
                                            std::uint32_t part);
[[nodiscard]] std::string stored_large_objects_file(catalog::Place range);
[[nodiscard]] std::string stored_properties_file(const plan::Task& task);
[[nodiscard]] std::string stored_properties_file(catalog::Place range);

}  // namespace pghaul::tasks
