#pragma once

#include <chrono>
#include <functional>
#include <stop_token>

#include "base/error.h"
#include "crew/worker.h"
#include "measure/events.h"
#include "measure/progress.h"
#include "measure/timeline.h"

namespace pghaul::tasks {

class TaskExecutor;
class TaskLog;
class WorkPlan;
struct Results;

/// The workers that do the tasks of a run, and their time limits.
struct CrewOptions {
  int workers = 1;
  const crew::Worker::Endpoints& ends;
  std::chrono::milliseconds retry_for{0};  // for how long an outage of a server is waited out
  std::chrono::seconds stall_after{0};     // without an answer or a byte: a connection is given up
  std::stop_token stop;
};

/// The recipients of a run's progress.
struct Observers {
  measure::Progress& progress;
  measure::Timeline& timeline;
  measure::Events& events;
  double earlier_seconds = 0;      // from a resumed copy's first run's start to this one's
  double seconds_after_tasks = 0;  // predicted: the end of the schema, and comparing catalogs
};

/// Has workers do all tasks of the plan. `source_read` is called once, by the worker that read the source
/// last: the snapshot is not needed any more.
[[nodiscard]] Status run_tasks(const WorkPlan& work, TaskExecutor& executor, TaskLog& log, Results& results,
                               const CrewOptions& options, const Observers& observers,
                               const std::function<void()>& source_read);

}  // namespace pghaul::tasks
