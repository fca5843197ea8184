#pragma once

#include <stop_token>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/guard.h"
#include "discovery/options.h"
#include "discovery/reach.h"
#include "measure/events.h"
#include "measure/report.h"
#include "measure/timeline.h"

namespace pghaul::job {

/// What every verb is given: what to do, and where to tell of it.
struct Telling {
  const discovery::Options& options;
  const discovery::Ends& ends;
  std::stop_token stop;
  measure::Timeline& timeline;
  measure::Events& events;
  measure::Report& report;
};

/// Runs `step`, and tells of it as a phase.
template <typename Step>
[[nodiscard]] Status told_as(Telling& telling, const char* phase, Step&& step) {
  if (telling.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  const double start = telling.timeline.now();
  telling.events.phase_started(phase);
  Status done = guarded(std::string("in phase ") + phase, step);
  telling.events.phase_finished(phase, telling.timeline.now() - start);
  return done;
}

/// As told_as(), for a phase that is one piece of work: records it in the timeline, too.
template <typename Step>
[[nodiscard]] Status in_phase(Telling& telling, const char* phase, Step&& step) {
  const double start = telling.timeline.now();
  Status done = told_as(telling, phase, std::forward<Step>(step));
  telling.timeline.record(phase, phase, -1, start);
  return done;
}

}  // namespace pghaul::job
