#pragma once

#include "base/error.h"
#include "plan/task_graph.h"

namespace pghaul::crew {
class Worker;
}

namespace pghaul::tasks {

class RowSource;
class TaskLog;
class WorkPlan;
struct TargetState;

/// Reads rows or large objects from the source for their digest.
[[nodiscard]] Status read_source(crew::Worker& worker, const RowSource& source, TaskLog& log,
                                 const plan::Task& task);
/// Reads rows from the target for their digest.
[[nodiscard]] Status read_back_rows(crew::Worker& worker, const WorkPlan& work, const TargetState& state,
                                    TaskLog& log, const plan::Task& task);
[[nodiscard]] Status read_back_large_objects(crew::Worker& worker, const WorkPlan& work,
                                             const TargetState& state, TaskLog& log, const plan::Task& task);

}  // namespace pghaul::tasks
