#pragma once

#include <optional>
#include <vector>

#include "catalog/model.h"
#include "plan/milestone.h"

namespace pghaul::tasks {

/// The moment at which an application is let into the target, before all of its copy's tasks are done.
///
/// Threads    the task that opens writes here; nothing else runs beside it.
struct Opening {
  plan::Milestone after = plan::Milestone::verified;  // verified: there is none before the end
  std::optional<double> seconds;                      // counted from the run's start; absent: not in this run
  bool before_this_run = false;                       // an earlier run has let the application in
  std::vector<catalog::Place> emptied;  // unlogged tables that a crash of the target has emptied since
};

}  // namespace pghaul::tasks
