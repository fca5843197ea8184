#include "estimate/line_meter.h"

#include <gtest/gtest.h>

namespace pghaul::estimate {
namespace {

TEST(LineMeter, CountsRowsAsTheyAreWhereNoLinkPacksThem) {
  LineMeter meter({.source = {.seconds_per_gb = 40}, .target = {}}, {}, {});
  meter.start();
  const plan::LineTime crossing = meter.crossed(25'000'000);
  EXPECT_DOUBLE_EQ(crossing.from_source, 1);
  EXPECT_DOUBLE_EQ(crossing.to_target, 0);
  EXPECT_DOUBLE_EQ(meter.digested_from_target(25'000'000), 0);
}

TEST(LineMeter, LeavesOutAnswersButNotEverything) {
  const LineMeter meter({.source = {.round_trip = 0.02}, .target = {.round_trip = 0.04}}, {}, {});
  EXPECT_DOUBLE_EQ(meter.without_answers(1, 1, 2), 0.9);
  EXPECT_GT(meter.without_answers(0.01, 1, 2), 0);
}

TEST(LineMeter, TellsWhetherALineExplainsHowLongItTook) {
  EXPECT_TRUE(LineMeter::held_up({.from_source = 0.9}, 1));
  EXPECT_TRUE(LineMeter::held_up({.to_target = 0.9}, 1));
  EXPECT_FALSE(LineMeter::held_up({.from_source = 0.4, .to_target = 0.4}, 1));
}

}  // namespace
}  // namespace pghaul::estimate
