#include "estimate/median_time.h"

#include <gtest/gtest.h>

namespace pghaul::estimate {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

int repeats_until(Clock::time_point deadline) {
  int repeats = 0;
  const Result<double> seconds = median_seconds(deadline, [&](int number) -> Status {
    EXPECT_EQ(number, repeats++);
    return {};
  });
  EXPECT_TRUE(seconds && *seconds >= 0);
  return repeats;
}

TEST(MedianTime, IsOfFewRepeatsWhereNoTimeIsLeft) {
  EXPECT_EQ(repeats_until(Clock::now() + 24h), 15);
  EXPECT_EQ(repeats_until(Clock::now() - 1s), 3);
}

TEST(MedianTime, EndsAtAFailure) {
  const Result<double> failed =
      median_seconds(Clock::now(), [](int) { return fail(ErrorCode::server_error, "canceled"); });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "canceled");
}

}  // namespace
}  // namespace pghaul::estimate
