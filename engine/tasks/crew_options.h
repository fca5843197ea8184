#pragma once

#include "discovery/verb_context.h"
#include "tasks/run_tasks.h"

namespace pghaul::tasks {

/// Returns who does a verb's tasks: for as long as its options say. `ends` must outlive what it returns.
[[nodiscard]] inline tasks::CrewOptions crew_options(const discovery::VerbContext& context, int workers,
                                                     const crew::Worker::Endpoints& ends) {
  return {.workers = workers,
          .ends = ends,
          .retry_for = context.options.retry_for,
          .stall_after = context.options.stall_after,
          .stop = context.stop};
}

}  // namespace pghaul::tasks
