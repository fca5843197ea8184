#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "job/run.h"
#include "job/worker.h"
#include "plan/task_graph.h"

namespace pghaul::job {

/// Statements that give the task's large objects their owners, grants and comments, as far as they are
/// wanted. Within begin_reading().
[[nodiscard]] Result<std::vector<std::string>> large_object_properties(Worker& worker, const Run& run,
                                                                       const plan::Task& task);

}  // namespace pghaul::job
