#pragma once

#include <vector>

#include "base/error.h"
#include "plan/task_graph.h"
#include "schema/entry.h"

namespace pghaul::crew {
class Worker;
}

namespace pghaul::tasks {

class SchemaRestore;
class TaskLog;

/// Restores `entries`, in as many transactions as pg_restore makes. `again`: an earlier attempt may have come
/// half-way.
[[nodiscard]] Status restore_post_data(crew::Worker& worker, const SchemaRestore& schema,
                                       const std::vector<schema::Entry>& entries, bool again, TaskLog& log,
                                       const plan::Task& task);

}  // namespace pghaul::tasks
