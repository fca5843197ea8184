#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "discovery/source_hold.h"
#include "plan/milestone.h"

namespace pghaul::tasks {

/// The moment at which an application is let into the target, before all of its copy's tasks are done.
///
/// Threads    the task that opens writes here, and the one that lets go; nothing else runs beside the former.
struct Opening {
  plan::Milestone after = plan::Milestone::verified;  // verified: there is none before the end
  std::function<Status(bool again)> prepare;          // what is left to do before it, besides tasks
  std::optional<discovery::SourceHold> hold;          // the target's state of that moment
  std::map<catalog::Place, std::uint32_t> pages;      // then, of tables that are read back in parts
  std::optional<double> seconds;                      // since the run's start; absent: not in this run
  bool before_this_run = false;                       // an earlier run has let the application in
  std::vector<catalog::Place> emptied;  // since: unlogged tables whose rows a crash of the target took
};

}  // namespace pghaul::tasks
