#pragma once

#include <functional>
#include <stop_token>

#include "base/error.h"
#include "crew/worker.h"
#include "measure/events.h"
#include "tasks/run.h"

namespace pghaul::tasks {

/// Has the run's workers do all tasks of its plan. `source_read` is called once, by the worker that read the
/// source last: nobody needs the snapshot any more.
[[nodiscard]] Status run_tasks(Run& run, const crew::Worker::Ends& ends, measure::Events& events,
                               const std::function<void()>& source_read);

}  // namespace pghaul::tasks
