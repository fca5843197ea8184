#pragma once

#include <functional>
#include <stop_token>

#include "base/error.h"
#include "crew/worker.h"
#include "plan/task_graph.h"
#include "tasks/run.h"
#include "tasks/task_telling.h"

namespace pghaul::tasks {

/// Does the task; again, with new connections, where what failed may pass, for as long as the run has
/// patience. A commit that was under way when the connection broke is looked up in the journal. `retire`:
/// asked when a server has no session for the worker; true: others do the task.
[[nodiscard]] Status try_task(crew::Worker& worker, Run& run, TaskTelling& telling, const plan::Task& task,
                              const std::stop_token& give_up, const std::function<bool()>& retire);

}  // namespace pghaul::tasks
