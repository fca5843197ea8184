#pragma once

#include <stop_token>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/guard.h"
#include "discovery/endpoints.h"
#include "discovery/options.h"
#include "measure/events.h"
#include "measure/report.h"
#include "measure/timeline.h"

namespace pghaul::discovery {

/// The context of every verb: what to do, and where to report it.
struct VerbContext {
  const discovery::Options& options;
  const discovery::Endpoints& ends;
  std::stop_token stop;
  measure::Timeline& timeline;
  measure::Events& events;
  measure::Report& report;
};

/// Runs `step`, and announces it as a phase.
template <typename Step>
[[nodiscard]] Status announce_phase(VerbContext& context, const char* phase, Step&& step) {
  if (context.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  const double start = context.timeline.now();
  context.events.phase_started(phase);
  Status done = guarded(std::string("in phase ") + phase, step);
  context.events.phase_finished(phase, context.timeline.now() - start);
  return done;
}

/// Does as announce_phase(), for a phase that is one piece of work: records it in the timeline, too.
template <typename Step>
[[nodiscard]] Status time_phase(VerbContext& context, const char* phase, Step&& step) {
  const double start = context.timeline.now();
  Status done = announce_phase(context, phase, std::forward<Step>(step));
  context.timeline.record(phase, phase, -1, start);
  return done;
}

}  // namespace pghaul::discovery
