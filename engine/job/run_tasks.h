#pragma once

#include <functional>
#include <stop_token>

#include "base/error.h"
#include "crew/worker.h"
#include "job/run.h"
#include "measure/events.h"

namespace pghaul::job {

/// Has the run's workers do all tasks of its plan. `source_read` is called once, by the worker that read the
/// source last: nobody needs the snapshot any more.
[[nodiscard]] Status run_tasks(Run& run, const crew::Worker::Ends& ends, measure::Events& events,
                               const std::function<void()>& source_read);

}  // namespace pghaul::job
