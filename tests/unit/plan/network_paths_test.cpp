#include "plan/network_paths.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "plan/forecast.h"
#include "plan/make_plan.h"
#include "support/catalog_builder.h"
#include "support/graphs.h"

namespace pghaul::plan {
namespace {

using catalog::Place;
using support::CatalogBuilder;
using support::tasks_for;

constexpr double kSlow = 40;  // seconds for a GB: 200 Mbit/s

Rates over(const NetworkPaths& lines) {
  Rates rates;
  add_lines(rates, lines);
  return rates;
}

TEST(Lines, AreSharedByThoseWhoSendTheSameWay) {
  const auto seconds = [](Load one, Load other) {
    TaskGraph graph;
    for (const Load& load : {one, other}) {
      Task task = support::task(3);
      task.load = load;
      graph.add(std::move(task));
    }
    return forecast(graph, 2, 8.0).seconds;
  };
  const Load up{.source = 0, .target = 0, .client = 0, .to_target = 1};
  const Load down{.source = 0, .target = 0, .client = 0, .from_target = 1};
  EXPECT_DOUBLE_EQ(seconds(up, up), 6);
  EXPECT_DOUBLE_EQ(seconds(up, down), 3);
}

TEST(Lines, MakeATaskAsLongAsItsRowsAreOnTheirWayAndLeaveServersIdleMeanwhile) {
  Task task = support::task(2);
  task.load = {.source = 0.5, .target = 1, .client = 0.25};
  cross(task, {.from_source = 4, .to_target = 8});
  EXPECT_DOUBLE_EQ(task.seconds, 8);
  EXPECT_DOUBLE_EQ(task.load.target, 0.25);
  EXPECT_DOUBLE_EQ(task.load.to_target, 1);
  EXPECT_DOUBLE_EQ(task.load.from_source, 0.5);
}

TEST(Lines, HoldNothingUpWhereTheyAreFaster) {
  Task task = support::task(2);
  task.load = {.source = 0.5, .target = 1, .client = 0.25};
  cross(task, {.to_target = 4}, 0.25);
  EXPECT_DOUBLE_EQ(task.seconds, 2);
  EXPECT_DOUBLE_EQ(task.load.target, 1);
  EXPECT_DOUBLE_EQ(task.load.to_target, 0.5);
}

TEST(Lines, CarryRowsBackUnlessAFarHalfDigestsThem) {
  const Volume rows{.rows = 1e6, .heap_gb = 1};
  const NetworkPath direct{.seconds_per_gb = kSlow};
  const NetworkPath linked{.seconds_per_gb = kSlow, .has_far_half = true};
  EXPECT_DOUBLE_EQ(read_back_crossing(rows, 0, over({.target = direct}), {}).from_target, kSlow);
  EXPECT_DOUBLE_EQ(read_back_crossing(rows, 0, over({.target = linked}), {}).from_target, 0);
  EXPECT_DOUBLE_EQ(copy_crossing(rows, 0, over({.target = direct}), {}).to_target, kSlow);
  EXPECT_LT(copy_crossing(rows, 0, over({.target = linked}), {}).to_target, kSlow / 2);
  EXPECT_DOUBLE_EQ(copy_crossing(rows, 0, over({.target = direct}), {}).from_source, 0);
  EXPECT_DOUBLE_EQ(copy_crossing(rows, 0, over({.target = direct}), {.to_target = {0.5}}).to_target,
                   kSlow / 2);
}

TEST(Lines, KeepPgRestoreWaitingUnlessItRunsAtTheFarHalf) {
  const double near = restore_seconds(10, over({}));
  EXPECT_GT(restore_seconds(10, over({.target = {.round_trip = 0.04}})), near + 20 * 0.04);
  EXPECT_DOUBLE_EQ(restore_seconds(10, over({.target = {.round_trip = 0.04, .has_far_half = true}})), near);
}

class SlowLine : public testing::Test {
 protected:
  SlowLine() : target_(support::empty_target()), large_(source_.table("large", 2000_MiB)) {}

  [[nodiscard]] Plan plan(const NetworkPath& line) const {
    const NetworkPaths lines{.target = line};
    return make_plan(source_.catalog, &target_, {.jobs = 4, .lines = lines, .rates = over(lines)});
  }

  CatalogBuilder source_;
  catalog::Server target_;
  Place large_;
};

TEST_F(SlowLine, IsNoReasonToSplitTables) {
  EXPECT_TRUE(plan({}).split);
  EXPECT_FALSE(plan({.seconds_per_gb = kSlow}).split);
}

TEST_F(SlowLine, DecidesHowLongACopyTakes) {
  const double gigabytes = 2000.0 * (1_MiB) / kGigabyte;
  const Plan direct = plan({.seconds_per_gb = kSlow});
  const Task& copy = direct.graph.tasks[tasks_for(direct.graph, TaskKind::copy, large_).at(0)];
  EXPECT_NEAR(copy.seconds, gigabytes * kSlow, 1e-6);
  // There and, to be verified, back.
  EXPECT_NEAR(forecast(direct.graph, direct.jobs, 16.0).seconds, 2 * gigabytes * kSlow, 3);
}

TEST_F(SlowLine, LetsDocumentsBeSplitThatAFarHalfPacks) {
  source_.relation(large_).toast_bytes = source_.relation(large_).heap_bytes;
  source_.relation(large_).heap_bytes = 10_MiB;
  EXPECT_TRUE(plan({.seconds_per_gb = kSlow, .has_far_half = true}).split);
  EXPECT_FALSE(plan({.seconds_per_gb = kSlow}).split);
}

}  // namespace
}  // namespace pghaul::plan
