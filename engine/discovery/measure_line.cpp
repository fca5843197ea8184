#include "discovery/measure_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/units.h"
#include "link/far_line.h"
#include "measure/sample_statistics.h"
#include "postgres/cancel_on_stop.h"

namespace pghaul::discovery {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kFirstBytes = 256_KiB;
constexpr std::int64_t kMostBytes = 16_MiB;
constexpr double kLongEnough = 0.15;  // seconds; and as many round trips as a connection takes to speed up:
constexpr double kRoundTrips = 4;

}  // namespace

Result<double> round_trip_seconds(postgres::Connection& server) {
  constexpr int kQuestions = 3;
  double least = 0;
  for (int asked = 0; asked < kQuestions; ++asked) {
    const Clock::time_point start = Clock::now();
    if (const Status answered = server.execute("SELECT 1"); !answered) return fail(answered.error());
    const double seconds = measure::seconds_since(start);
    least = asked == 0 ? seconds : std::min(least, seconds);
  }
  return least;
}

Result<double> line_seconds_per_gb(postgres::Connection& server, double round_trip,
                                   const std::shared_ptr<link::NearHalf>& link, const std::stop_token& stop) {
  const postgres::CancelOnStop cancel_on_stop(stop, server);
  const double enough = std::max(kLongEnough, kRoundTrips * round_trip);
  double least = 0;  // seconds for a GB: other traffic only makes it longer
  for (std::int64_t bytes = kFirstBytes; bytes <= kMostBytes; bytes *= 4) {
    const Clock::time_point start = Clock::now();
    const Status carried = link
                               ? link::carry(*link, static_cast<std::size_t>(bytes), server.effective(), stop)
                               : server.execute(fmt::format("SELECT repeat('x', {})", bytes));
    if (!carried) return fail(carried.error());
    const double seconds = std::max(1e-6, measure::seconds_since(start) - round_trip);
    const double of_a_gb = seconds / static_cast<double>(bytes) * kGigabyte;
    const bool second = bytes == 4 * kFirstBytes;  // the first may be no more than fits a buffer on the way
    least = least == 0 || second ? of_a_gb : std::min(least, of_a_gb);
    if (seconds >= enough) break;
  }
  return least;
}

}  // namespace pghaul::discovery
