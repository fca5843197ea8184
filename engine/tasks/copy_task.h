#pragma once

#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "plan/task_graph.h"

namespace pghaul::crew {
class Worker;
}
namespace pghaul::measure {
class Progress;
}

namespace pghaul::tasks {

class RowSource;
class TargetTaskLog;
class WorkPlan;

[[nodiscard]] Status copy_rows(crew::Worker& worker, const WorkPlan& work, const RowSource& source,
                               measure::Progress& progress, TargetTaskLog& log, const plan::Task& task);
[[nodiscard]] Status copy_large_objects(crew::Worker& worker, const RowSource& source,
                                        measure::Progress& progress, TargetTaskLog& log,
                                        const plan::Task& task);
[[nodiscard]] Status copy_sequences(crew::Worker& worker, const RowSource& source, TargetTaskLog& log,
                                    std::vector<catalog::Sequence>& copied, const plan::Task& task);

}  // namespace pghaul::tasks
