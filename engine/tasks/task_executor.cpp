#include "tasks/task_executor.h"

#include <fmt/format.h>

namespace pghaul::tasks {

Status no_such_task(const plan::Task& task, const char* verb) {
  return fail(ErrorCode::internal,
              fmt::format("{} has no task of the kind '{}'", verb, plan::task_kind_name(task.kind)));
}

}  // namespace pghaul::tasks
