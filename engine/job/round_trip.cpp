#include "job/round_trip.h"

#include <algorithm>
#include <chrono>

#include "plan/jobs.h"

namespace pghaul::job {

Result<double> round_trip_seconds(postgres::Connection& server) {
  constexpr int kMostQuestions = 3;
  using Clock = std::chrono::steady_clock;
  double least = 0;
  for (int asked = 0; asked == 0 || (asked < kMostQuestions && least >= plan::kFar); ++asked) {
    const Clock::time_point start = Clock::now();
    if (const Status answered = server.execute("SELECT 1"); !answered) return fail(answered.error());
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    least = asked == 0 ? seconds : std::min(least, seconds);
  }
  return least;
}

}  // namespace pghaul::job
