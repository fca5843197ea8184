#include "estimate/quick_probe.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/side_by_side.h"
#include "estimate/calibration.h"
#include "estimate/measuring.h"
#include "estimate/what_if.h"

namespace pghaul::estimate {
namespace {

using plan::Party;

constexpr double kWorthProbing = 20;                 // seconds that a copy takes by the shipped rates
constexpr std::chrono::duration<double> kBudget{4};  // of which measure_processor() takes a tenth
constexpr double kAllThere = 0.8;  // fraction of the cores that were expected, with which none is taken

/// Takes what was measured for the machine's cores where it is less than expected of as many sessions: others
/// take a share.
void limit_cores(const std::optional<Cores>& measured, Party party, plan::Machines& machines) {
  if (!measured) return;
  double& cores = machines.cores_of(party);
  if (measured->cores < kAllThere * std::min(cores, measured->tried)) cores = measured->cores;
}

}  // namespace

double slowdown(const discovery::Discovery& found, const ServerSpeeds& speeds) {
  if (found.predicted_seconds <= 0) return 1;
  Calibration now = shipped(found);
  limit_cores(speeds.source, Party::source, now.machines);
  limit_cores(speeds.target, Party::target, now.machines);
  const auto times = [](const std::optional<Cores>& one) {
    return one ? one->burst_seconds / kReferenceBurstSeconds : 1;
  };
  // The target has about twice the source's work.
  const double target = times(speeds.target);
  const double source = speeds.source ? times(speeds.source) : target;
  multiply(now, found.source, std::cbrt(source * target * target));
  const WhatIf copy(found, found.source, now, 0);
  return copy.outlook(copy.plan(found.plan.jobs)).downtime / found.predicted_seconds;
}

std::optional<double> probe_slowdown(const discovery::Discovery& found, const std::stop_token& stop) {
  if (!found.target || found.predicted_seconds < kWorthProbing) return std::nullopt;
  ServerSpeeds speeds;
  const auto measure = [&](const postgres::ConnectionString& server, postgres::Side side, int free,
                           std::optional<Cores>& speed) -> Status {
    Calibration notes;
    Result<std::optional<Cores>> measured =
        Measuring(found, stop, notes).measure_processor(server, side, free, kBudget);
    if (!measured) return fail(measured.error());
    speed = *measured;
    return {};
  };
  const bool both = !found.stored && !found.plan_options.machines.shared(Party::source, Party::target);
  const Status probed = side_by_side("probing the servers", both ? 2 : 1, [&](std::size_t i) {
    return i == 0 ? measure(found.target_string, postgres::Side::target, found.target->free_connections,
                            speeds.target)
                  : measure(found.source_string, postgres::Side::source, found.source.server.free_connections,
                            speeds.source);
  });
  if (!probed || !speeds.target) return std::nullopt;
  return slowdown(found, speeds);
}

}  // namespace pghaul::estimate
