#pragma once

#include "base/error.h"
#include "catalog/model.h"
#include "plan/task_graph.h"

namespace pghaul::crew {
class Worker;
}

namespace pghaul::tasks {

class TargetTaskLog;

[[nodiscard]] Status build_indexes(crew::Worker& worker, const catalog::Catalog& source, TargetTaskLog& log,
                                   const plan::Task& task);
[[nodiscard]] Status attach_indexes(crew::Worker& worker, const catalog::Catalog& source, TargetTaskLog& log,
                                    const plan::Task& task);

}  // namespace pghaul::tasks
