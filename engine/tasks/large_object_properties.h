#pragma once

#include <memory>

#include "base/error.h"
#include "crew/worker.h"
#include "pipeline/source.h"
#include "plan/task_graph.h"
#include "tasks/run.h"

namespace pghaul::tasks {

/// Statements, one a row, that give the task's large objects their owners, grants and comments, as far as
/// they are wanted and the target's role does not give them anyway. Of an archive: all that there are. Within
/// begin_reading().
[[nodiscard]] Result<std::unique_ptr<pipeline::Source>> large_object_properties(crew::Worker& worker,
                                                                                const Run& run,
                                                                                const plan::Task& task);
}  // namespace pghaul::tasks
