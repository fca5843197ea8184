#pragma once

#include <string>

#include "catalog/model.h"
#include "plan/task_graph.h"

/// The names of an archive's data files: always the same for a task, so that another run finds them.
namespace pghaul::tasks {

/// Returns the name of the file with the rows of one of a task's objects.
[[nodiscard]] std::string stored_file(const catalog::Catalog& source, const plan::Task& task,
                                      catalog::Place object);
[[nodiscard]] std::string stored_table_file(const catalog::Relation& relation, catalog::Place place,
                                            std::uint32_t part);
[[nodiscard]] std::string stored_large_objects_file(catalog::Place range);
[[nodiscard]] std::string stored_properties_file(const plan::Task& task);
[[nodiscard]] std::string stored_properties_file(catalog::Place range);

}  // namespace pghaul::tasks
