#include "estimate/measuring.h"

#include <algorithm>

namespace pghaul::estimate {
namespace {

constexpr int kMostSessions = 8;
constexpr double kShareOfProcessor = 0.1;  // fraction of the budget for each server's
constexpr int kLeftToOthers = 4;           // connections

}  // namespace

int sessions_for(int jobs) {
  return std::clamp(2 * jobs, 2, kMostSessions);
}

Status Measuring::noted(const Status& outcome) {
  if (stop_.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  if (outcome || outcome.error().code == ErrorCode::connection_lost) return outcome;
  result_.notes.push_back(outcome.error().message);
  return {};
}

Result<std::optional<Cores>> Measuring::measure_processor(const postgres::ConnectionString& server,
                                                          postgres::Side side, int free_connections,
                                                          std::chrono::duration<double> budget) {
  const int sessions =
      std::min(sessions_for(found_.plan.jobs), std::max(1, free_connections - kLeftToOthers));
  const Result<Cores> measured = measure_cores(server, side, sessions, budget * kShareOfProcessor, stop_);
  if (measured) return std::optional(*measured);
  if (const Status done = noted(fail(measured.error())); !done) return fail(done.error());
  return std::optional<Cores>{};
}

}  // namespace pghaul::estimate
