#include "measure/remaining.h"

#include <gtest/gtest.h>

namespace pghaul::measure {
namespace {

/// Ten tasks of ten seconds, none of which waits for another, by two workers.
Remaining ten_tasks() {
  return {std::vector<Remaining::Task>(10, {.seconds = 10, .path = 10}), 50, 0};
}

TEST(Remaining, IsTheForecastBeforeAnythingWasDone) {
  EXPECT_DOUBLE_EQ(ten_tasks().seconds(0), 50);
}

TEST(Remaining, ShrinksWithWhatIsDoneAsPredicted) {
  Remaining remaining = ten_tasks();
  double now = 0;
  for (std::size_t task = 0; task < 10; task += 2) {
    remaining.starts(task, now);
    remaining.starts(task + 1, now);
    now += 10;
    remaining.ends(task);
    remaining.ends(task + 1);
    EXPECT_NEAR(remaining.seconds(now), 50 - now, 1e-9);
  }
}

TEST(Remaining, LearnsFromWorkThatTakesTwiceAsLong) {
  Remaining remaining = ten_tasks();
  for (std::size_t task = 0; task < 6; task += 2) {
    const double now = static_cast<double>(task) * 10;
    remaining.starts(task, now);
    remaining.starts(task + 1, now);
    remaining.ends(task);
    remaining.ends(task + 1);
  }
  EXPECT_GT(remaining.seconds(60), 35);
  EXPECT_LT(remaining.seconds(60), 45);
}

TEST(Remaining, IsNeverNothingWhileATaskIsOverdue) {
  Remaining remaining({{.seconds = 10, .path = 10}}, 10, 0);
  remaining.starts(0, 0);
  for (const double now : {5.0, 10.0, 60.0, 600.0}) EXPECT_GE(remaining.seconds(now), now * 0.15) << now;
  remaining.ends(0);
  EXPECT_DOUBLE_EQ(remaining.seconds(700), 0);
}

TEST(Remaining, IsNotOverWhenTheTasksAre) {
  Remaining remaining({{.seconds = 10, .path = 10}}, 10, 0, 120);
  EXPECT_DOUBLE_EQ(remaining.seconds(0), 130);
  remaining.starts(0, 0);
  remaining.ends(0);
  EXPECT_DOUBLE_EQ(remaining.seconds(10), 120);
}

TEST(Remaining, IsNotShorterThanTheLongestChain) {
  Remaining remaining({{.seconds = 1, .path = 101}, {.seconds = 100, .path = 100}}, 101, 0);
  remaining.starts(0, 0);
  EXPECT_GE(remaining.seconds(0), 101);
}

TEST(Remaining, KnowsWhatHasToBeDoneAgainAndWhatHasNot) {
  Remaining remaining = ten_tasks();
  for (std::size_t task = 0; task < 5; ++task) remaining.is_done_already(task);
  EXPECT_DOUBLE_EQ(remaining.seconds(0), 25);
  remaining.starts(5, 0);
  remaining.fails(5);
  EXPECT_DOUBLE_EQ(remaining.seconds(0), 25);
}

}  // namespace
}  // namespace pghaul::measure
