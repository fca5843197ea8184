#include "estimate/past_copies.h"

#include <gtest/gtest.h>

namespace pghaul::estimate {
namespace {

using Forecast = measure::Report::Forecast;

TEST(ForecastRange, AreWhatAForecastIsCorrectedBy) {
  const Forecast forecast = corrected(11, {3.5, 3.6, 3.8}, {});
  EXPECT_DOUBLE_EQ(forecast.likely, 11 * 3.6);
  EXPECT_EQ(forecast.past_copies, 3U);
  EXPECT_LE(forecast.low, 11 * 3.5);
  EXPECT_GE(forecast.high, 11 * 3.8);
}

TEST(ForecastRange, WidenTheRangeToEachOfThem) {
  const Forecast forecast = corrected(10, {0.5, 1, 5}, {});
  EXPECT_DOUBLE_EQ(forecast.low, 5);
  EXPECT_DOUBLE_EQ(forecast.likely, 10);
  EXPECT_DOUBLE_EQ(forecast.high, 50);
}

TEST(ForecastRange, OfWhichThereAreFewLeaveAWideRange) {
  const Forecast forecast = corrected(10, {1, 1.1}, {});
  EXPECT_DOUBLE_EQ(forecast.likely, 11);
  EXPECT_GE(forecast.high, 40);
}

TEST(ForecastRange, OfWhichThereAreNoneLeaveAWideRange) {
  const Forecast forecast = corrected(11, {}, {});
  EXPECT_LT(forecast.low, 11);
  EXPECT_GE(forecast.high, 40);
}

TEST(ForecastRange, CountLessThanARehearsalOfTheCopy) {
  const Forecast forecast = corrected(11, {1, 1}, 40);
  EXPECT_TRUE(forecast.rehearsed);
  EXPECT_DOUBLE_EQ(forecast.likely, 40);
  EXPECT_LT(forecast.high, 50);
}

}  // namespace
}  // namespace pghaul::estimate
