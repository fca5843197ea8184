#include "estimate/follow_forecast.h"

#include <gtest/gtest.h>

namespace pghaul::estimate {
namespace {

constexpr double kMB = 1e6;

TEST(FollowForecast, HoldsWhatTheSourceWritesDuringTheCopy) {
  const auto follow = follow_forecast({.seconds = 3, .wal_bytes = 36 * kMB, .changes = 30'000}, 100, 0);
  EXPECT_DOUBLE_EQ(follow.wal_bytes_per_second, 12 * kMB);
  EXPECT_DOUBLE_EQ(follow.changes_per_second, 10'000);
  EXPECT_DOUBLE_EQ(follow.slot_bytes, 1200 * kMB);
  EXPECT_TRUE(follow.fits);
  ASSERT_TRUE(follow.catch_up_seconds);
  EXPECT_DOUBLE_EQ(*follow.catch_up_seconds, 100) << "half of the rate is left for as much again";
}

TEST(FollowForecast, NeverCatchesUpWithASourceThatWritesMoreThanIsApplied) {
  EXPECT_FALSE(follow_forecast({.seconds = 1, .wal_bytes = 0, .changes = 100'000}, 10, 0).catch_up_seconds);
  EXPECT_FALSE(follow_forecast({.seconds = 1, .wal_bytes = 30 * kMB, .changes = 1}, 10, 0).catch_up_seconds);
}

TEST(FollowForecast, FitsIntoTheLeastOfTheLimits) {
  const WalSample sample{.seconds = 1, .wal_bytes = 10 * kMB, .changes = 0, .keeps_at_most = 900'000'000};
  EXPECT_FALSE(follow_forecast(sample, 100, 0).fits);
  EXPECT_TRUE(follow_forecast(sample, 50, 0).fits);
  EXPECT_FALSE(follow_forecast(sample, 50, 500'000'000).fits) << "a tenth more has to fit, too";
  EXPECT_EQ(follow_forecast(sample, 50, 500'000'000).slot_limit_bytes, 500'000'000);
}

TEST(FollowForecast, HasNothingToCatchUpWithAnIdleSource) {
  const auto follow = follow_forecast({.seconds = 3}, 100, 0);
  EXPECT_EQ(follow.slot_bytes, 0);
  EXPECT_EQ(follow.catch_up_seconds, 0);
}

}  // namespace
}  // namespace pghaul::estimate
