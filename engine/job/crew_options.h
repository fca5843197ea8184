#pragma once

#include "job/verb.h"
#include "tasks/run_tasks.h"

namespace pghaul::job {

/// Returns who does a verb's tasks: as patiently as its options say. `ends` must outlive what it returns.
[[nodiscard]] inline tasks::CrewOptions crew_options(const Telling& telling, int workers,
                                                     const crew::Worker::Ends& ends) {
  return {.workers = workers,
          .ends = ends,
          .retry_for = telling.options.retry_for,
          .stall_after = telling.options.stall_after,
          .stop = telling.stop};
}

}  // namespace pghaul::job
