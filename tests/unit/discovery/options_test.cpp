#include "discovery/options.h"

#include <gtest/gtest.h>

namespace pghaul::discovery {
namespace {

TEST(JobOptions, TakeTimesInHoursMinutesAndSeconds) {
  Options options;
  for (const auto& [text, seconds] : std::vector<std::pair<std::string, double>>{
           {"90", 90}, {"90s", 90}, {"20m", 1200}, {"1h30m", 5400}, {"1.5h", 5400}}) {
    ASSERT_TRUE(options.set("window", text)) << text;
    EXPECT_DOUBLE_EQ(options.window, seconds) << text;
  }
  for (const char* text : {"", "0", "m", "-5", "5x", "20m x", "1d", "nan"}) {
    EXPECT_FALSE(options.set("window", text)) << text;
  }
}

TEST(JobOptions, TakeGrowthInPercent) {
  Options options;
  ASSERT_TRUE(options.set("grow", "30%"));
  EXPECT_DOUBLE_EQ(options.growth, 1.3);
  ASSERT_TRUE(options.set("grow", "-50"));
  EXPECT_DOUBLE_EQ(options.growth, 0.5);
  for (const char* text : {"", "%", "-100%", "much", "nan", "1e9"})
    EXPECT_FALSE(options.set("grow", text)) << text;
}

/// A connection that may never be idle would be of no use; a copy without retries is of some.
TEST(JobOptions, TakeNoTimeLimitOfZeroSeconds) {
  Options options;
  ASSERT_TRUE(options.set("stall-after", "1"));
  EXPECT_EQ(options.stall_after, std::chrono::seconds(1));
  ASSERT_TRUE(options.set("retry-for", "0"));
  const Status refused = options.set("stall-after", "0");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::usage);
  EXPECT_EQ(refused.error().hint, "give a number of seconds, from 1 to a week");
  EXPECT_EQ(options.stall_after, std::chrono::seconds(1));
}

TEST(JobOptions, TakePastCopies) {
  Options options;
  ASSERT_TRUE(options.set("past", R"({"predicted_seconds": 2, "seconds": 3})"));
  EXPECT_EQ(options.past.size(), 1U);
  EXPECT_FALSE(options.set("past", "{}"));
}

}  // namespace
}  // namespace pghaul::discovery
