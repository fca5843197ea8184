#pragma once

#include <functional>
#include <optional>
#include <stop_token>

#include "base/error.h"
#include "discovery/source_hold.h"
#include "plan/task_graph.h"
#include "postgres/connection_string.h"

namespace pghaul::crew {
class Worker;
}
namespace pghaul::measure {
class Timeline;
}

namespace pghaul::tasks {

class TargetTaskLog;
class WorkPlan;
struct Results;

/// The means of letting an application into the target, and the work that has to be done before.
///
/// Threads    the task that opens, and the one that releases.
struct Opener {
  std::function<Status(bool again)> prepare;   // does the remaining work before it, besides tasks
  postgres::ConnectionString target;           // for the session that holds the target's state
  std::optional<discovery::SourceHold>& hold;  // the target's state of that moment
  const measure::Timeline& timeline;
  std::stop_token stop;
};

/// Tells whether the target is read back after it has been opened. If not, all has been read back, and a
/// state that is held would only make CREATE INDEX CONCURRENTLY wait.
[[nodiscard]] bool reads_back_later(const WorkPlan& work);

/// Lets the application in. What was committed so far has to be on disk first, as the application relies on
/// it. `again`: an earlier attempt may have been interrupted.
[[nodiscard]] Status open_target(crew::Worker& worker, const WorkPlan& work, Opener& opener, bool again,
                                 TargetTaskLog& log, Results& results, const plan::Task& task);
/// Releases the state at the opening, once it has been read back.
[[nodiscard]] Status release_opening(crew::Worker& worker, Opener& opener, TargetTaskLog& log,
                                     const plan::Task& task);

}  // namespace pghaul::tasks
