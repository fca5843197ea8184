#include "estimate/past_copies.h"

#include <gtest/gtest.h>

namespace pghaul::estimate {
namespace {

using Forecast = measure::Report::Forecast;

TEST(ForecastRange, AreWhatAForecastIsCorrectedBy) {
  const Forecast forecast = corrected(11, {{3.5, 3.6, 3.8}, true}, {});
  EXPECT_DOUBLE_EQ(forecast.likely, 11 * 3.6);
  EXPECT_EQ(forecast.past_copies, 3U);
  EXPECT_LE(forecast.low, 11 * 3.5);
  EXPECT_GE(forecast.high, 11 * 3.8);
}

TEST(ForecastRange, WidenTheRangeToEachOfThem) {
  const Forecast forecast = corrected(10, {{0.5, 1, 5}, true}, {});
  EXPECT_DOUBLE_EQ(forecast.low, 5);
  EXPECT_DOUBLE_EQ(forecast.likely, 10);
  EXPECT_DOUBLE_EQ(forecast.high, 50);
}

TEST(ForecastRange, OfOtherDatabasesLeaveAWiderRange) {
  const Forecast own = corrected(10, {{1, 1, 1}, true}, {});
  const Forecast others = corrected(10, {{1, 1, 1}, false}, {});
  EXPECT_DOUBLE_EQ(others.likely, own.likely);
  EXPECT_LT(others.low, own.low);
  EXPECT_GT(others.high, own.high);
}

TEST(ForecastRange, IsThatOfTheSameDatabaseOnceItWasCopiedOften) {
  discovery::Discovery found;
  found.source_description = "shop on db1:5432";
  found.target_description = "shop on db2:5432";
  discovery::Options options;
  const auto add = [&](const char* source, double seconds) {
    options.past.push_back(
        {.source = source, .target = "x on db2:5432", .predicted_seconds = 10, .seconds = seconds});
  };
  for (const double seconds : {30, 40}) add("other on db1:5432", seconds);
  for (const double seconds : {12, 11}) add("shop on db1:5432", seconds);
  EXPECT_EQ(past_ratios(found, options).values, (std::vector<double>{1.1, 1.2, 3, 4}));
  EXPECT_FALSE(past_ratios(found, options).of_this_database);
  add("shop on db1:5432", 10);
  EXPECT_EQ(past_ratios(found, options).values, (std::vector<double>{1, 1.1, 1.2}));
  EXPECT_TRUE(past_ratios(found, options).of_this_database);
}

TEST(ForecastRange, OfWhichThereAreFewLeaveAWideRange) {
  const Forecast forecast = corrected(10, {{1, 1.1}, true}, {});
  EXPECT_DOUBLE_EQ(forecast.likely, 11);
  EXPECT_GE(forecast.high, 40);
}

TEST(ForecastRange, OfWhichThereAreNoneLeaveAWideRange) {
  const Forecast forecast = corrected(11, {}, {});
  EXPECT_LT(forecast.low, 11);
  EXPECT_GE(forecast.high, 40);
}

TEST(ForecastRange, MovesWithTheProbeWhereNoCopiesAreKnown) {
  const Forecast slow = corrected(10, {}, {}, 6);
  EXPECT_DOUBLE_EQ(slow.likely, 60);
  EXPECT_LT(slow.low, 30);
  EXPECT_GT(slow.low, 20);
  EXPECT_GE(slow.high, 120);
  EXPECT_EQ(slow.slowdown, 6);
  EXPECT_LT(corrected(10, {}, {}, 1).high, corrected(10, {}, {}).high);
}

TEST(ForecastRange, WidensWithTheProbeWhereCopiesAreKnown) {
  const PastRatios past{{1, 1, 1}, true};
  const Forecast busy = corrected(10, past, {}, 6);
  EXPECT_DOUBLE_EQ(busy.likely, 10);
  EXPECT_DOUBLE_EQ(busy.low, corrected(10, past, {}).low);
  EXPECT_DOUBLE_EQ(busy.high, 60);
  EXPECT_DOUBLE_EQ(corrected(10, past, {}, 1.2).high, corrected(10, past, {}).high);
  EXPECT_DOUBLE_EQ(corrected(10, past, 40, 3).high, 120);
}

TEST(ForecastRange, CountLessThanARehearsalOfTheCopy) {
  const Forecast forecast = corrected(11, {{1, 1}, true}, 40);
  EXPECT_TRUE(forecast.rehearsed);
  EXPECT_DOUBLE_EQ(forecast.likely, 40);
  EXPECT_LT(forecast.high, 50);
}

}  // namespace
}  // namespace pghaul::estimate
