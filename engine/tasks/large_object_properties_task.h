#pragma once

#include <cstddef>

#include "base/error.h"
#include "plan/task_graph.h"

namespace pghaul::crew {
class Worker;
}

namespace pghaul::tasks {

class RowSource;
class TaskLog;
struct ObjectProperties;

/// Sets them in transactions of `locks_together` statements; what was set may be set again.
[[nodiscard]] Status set_large_object_properties(crew::Worker& worker, const RowSource& source,
                                                 const ObjectProperties& wanted, std::size_t locks_together,
                                                 TaskLog& log, const plan::Task& task);

}  // namespace pghaul::tasks
