#pragma once

#include <memory>
#include <optional>

#include "base/error.h"
#include "crew/worker.h"
#include "pipeline/source.h"
#include "plan/task_graph.h"
#include "postgres/transaction.h"
#include "tasks/run.h"

/// Where a task's rows come from: the source's snapshot, or the files of an archive.
namespace pghaul::tasks {

/// Keeps the snapshot's transaction open while it lives; nothing for an archive.
[[nodiscard]] Result<std::optional<postgres::Transaction>> begin_reading(crew::Worker& worker,
                                                                         const Run& run);

/// The task's rows of one table.
[[nodiscard]] Result<std::unique_ptr<pipeline::Source>> rows_of_table(crew::Worker& worker, const Run& run,
                                                                      const plan::Task& task,
                                                                      catalog::Place place);
/// Pieces (oid, offset, bytes) of the task's large objects.
[[nodiscard]] Result<std::unique_ptr<pipeline::Source>> rows_of_large_objects(crew::Worker& worker,
                                                                              const Run& run,
                                                                              const plan::Task& task);
/// That the rows were all that belong there: an archive says how many, and their digest.
[[nodiscard]] Status check_rows_read(const Run& run, const plan::Task& task, catalog::Place place,
                                     const verify::Digest& digest);

}  // namespace pghaul::tasks
