#pragma once

#include "base/error.h"
#include "plan/task_graph.h"

namespace pghaul::crew {
class Worker;
}

namespace pghaul::tasks {

class RowSource;
class TargetTaskLog;
class WorkPlan;
struct Results;

/// Reads the planner's statistics into the journal. What the source won't show spoils no copy: the tables are
/// analyzed then.
[[nodiscard]] Status read_statistics(crew::Worker& worker, const WorkPlan& work, const RowSource& source,
                                     TargetTaskLog& log, const plan::Task& task);
/// Gives them to the tables. What no longer applies, or doesn't go in, is gathered anew.
[[nodiscard]] Status give_statistics(crew::Worker& worker, const WorkPlan& work, TargetTaskLog& log,
                                     Results& results, const plan::Task& task);

}  // namespace pghaul::tasks
