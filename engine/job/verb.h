#pragma once

#include <stop_token>

#include "base/error.h"
#include "job/options.h"
#include "measure/events.h"
#include "measure/report.h"
#include "measure/timeline.h"

namespace pghaul::job {

/// What every verb is given: what to do, and where to tell of it.
struct Telling {
  const Options& options;
  std::stop_token stop;
  measure::Timeline& timeline;
  measure::Events& events;
  measure::Report& report;
};

/// Runs `step` as a phase of its own: told as events, recorded in the timeline.
template <typename Step>
[[nodiscard]] Status in_phase(Telling& telling, const char* phase, Step&& step) {
  if (telling.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  const double start = telling.timeline.now();
  telling.events.phase_started(phase);
  Status done = step();
  telling.timeline.record(phase, phase, -1, start);
  telling.events.phase_finished(phase, telling.timeline.now() - start);
  return done;
}

}  // namespace pghaul::job
