#pragma once

#include "base/error.h"
#include "catalog/model.h"
#include "plan/task_graph.h"

namespace pghaul::crew {
class Worker;
}

namespace pghaul::tasks {

class TargetTaskLog;

/// Refreshes materialized views.
[[nodiscard]] Status refresh(crew::Worker& worker, const catalog::Catalog& source, TargetTaskLog& log,
                             const plan::Task& task);

}  // namespace pghaul::tasks
