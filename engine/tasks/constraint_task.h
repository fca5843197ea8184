#pragma once

#include "base/error.h"
#include "catalog/model.h"
#include "plan/task_graph.h"

namespace pghaul::crew {
class Worker;
}

namespace pghaul::tasks {

class TargetTaskLog;

[[nodiscard]] Status add_keys(crew::Worker& worker, const catalog::Catalog& source, TargetTaskLog& log,
                              const plan::Task& task);
/// Adds them under a strong lock, for a moment where the check comes later.
[[nodiscard]] Status add_foreign_keys(crew::Worker& worker, const catalog::Catalog& source,
                                      TargetTaskLog& log, const plan::Task& task);
/// Checks them under a weak lock.
[[nodiscard]] Status validate_foreign_keys(crew::Worker& worker, const catalog::Catalog& source,
                                           TargetTaskLog& log, const plan::Task& task);

}  // namespace pghaul::tasks
