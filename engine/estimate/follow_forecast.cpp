#include "estimate/follow_forecast.h"

#include <algorithm>

namespace pghaul::estimate {
namespace {

/// Rates of one connection, each about half of what was measured with both servers and the client on two
/// cores: 200,000 small changes a second, and 24 to 71 MB of WAL a second that the source decodes.
constexpr double kChangesApplied = 100'000;  // a second
constexpr double kWalDecoded = 24e6;         // bytes a second
constexpr double kDoubt = 1.1;               // of the WAL that is written meanwhile

}  // namespace

measure::EstimateReport::Follow follow_forecast(const WalSample& sample, double copy_seconds,
                                                std::int64_t slot_limit) {
  measure::EstimateReport::Follow follow;
  if (sample.seconds <= 0) return follow;
  follow.sample_seconds = sample.seconds;
  follow.wal_bytes_per_second = std::max(0.0, sample.wal_bytes / sample.seconds);
  follow.changes_per_second = std::max(0.0, sample.changes / sample.seconds);
  follow.slot_bytes = follow.wal_bytes_per_second * copy_seconds;
  follow.slot_limit_bytes = sample.keeps_at_most;
  if (slot_limit > 0) {
    follow.slot_limit_bytes = std::min(slot_limit, follow.slot_limit_bytes.value_or(slot_limit));
  }
  follow.fits =
      !follow.slot_limit_bytes || follow.slot_bytes * kDoubt <= static_cast<double>(*follow.slot_limit_bytes);
  const double load =
      std::max(follow.changes_per_second / kChangesApplied, follow.wal_bytes_per_second / kWalDecoded);
  // While it catches up, the source writes on: the backlog shrinks by what is left of the rate.
  if (load < 1) follow.catch_up_seconds = copy_seconds * load / (1 - load);
  return follow;
}

}  // namespace pghaul::estimate
