#include "plan/copy_forecast.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/units.h"
#include "support/catalog_builder.h"
#include "support/graphs.h"

namespace pghaul::plan {
namespace {

using support::task;

constexpr Rates kRates{.make_table = 0.01, .pg_restore = 0.5, .at_the_end = 0.25};

Task of_kind(TaskKind kind, double seconds, std::vector<TaskId> after = {}) {
  Task one = task(seconds, std::move(after));
  one.kind = kind;
  one.milestone = milestone_of(kind);
  return one;
}

Plan shop() {
  Plan plan;
  plan.jobs = 2;
  const TaskId copy = plan.graph.add(of_kind(TaskKind::copy, 4));
  const TaskId index = plan.graph.add(of_kind(TaskKind::index, 3, {copy}));
  const TaskId key = plan.graph.add(of_kind(TaskKind::keys, 1, {index}));
  plan.graph.add(of_kind(TaskKind::read_back, 5, {copy}));
  plan.graph.add(of_kind(TaskKind::post_data, 1, {key}));
  return plan;
}

TEST(Outlook, AddsWhatComesBeforeAndAfterTheTasks) {
  const CopyForecast outlook = look_ahead(shop(), kRates, {.discover = 1, .before_data = 50}, 8);
  EXPECT_DOUBLE_EQ(outlook.tasks_start, 1 + 0.5 + 50 * 0.01);
  EXPECT_DOUBLE_EQ(outlook.seconds, 2 + 9 + 0.25);
}

TEST(Outlook, LetsWorkersMakeTablesSideBySide) {
  const auto start = [](int sessions, double cores) {
    return look_ahead(shop(), kRates, {.side_by_side = 100, .sessions = sessions}, cores).tasks_start;
  };
  EXPECT_DOUBLE_EQ(start(1, 8), 0.5 + 1);
  EXPECT_DOUBLE_EQ(start(9, 8), 0.5 + 0.5) << "of nine only as many as there are workers";
  EXPECT_DOUBLE_EQ(start(9, 1), 0.5 + 1) << "and no more than there are cores";
}

TEST(Outlook, SaysWhenEachMilestoneIsReached) {
  const CopyForecast outlook = look_ahead(shop(), kRates, {.discover = 1, .before_data = 50}, 8);
  const auto at = [&](Milestone milestone) {
    return outlook.milestones[static_cast<std::size_t>(milestone)];
  };
  EXPECT_DOUBLE_EQ(at(Milestone::data), 6);
  EXPECT_DOUBLE_EQ(at(Milestone::keys), 10);
  EXPECT_DOUBLE_EQ(at(Milestone::indexes), 10);
  EXPECT_DOUBLE_EQ(at(Milestone::constraints), 11);
  EXPECT_DOUBLE_EQ(at(Milestone::verified), outlook.seconds);
}

TEST(Outlook, SaysHowLongEachPhaseLasts) {
  const CopyForecast outlook = look_ahead(shop(), kRates, {.discover = 1, .before_data = 50}, 8);
  const auto verify = std::ranges::find(outlook.phases, "verify", &CopyForecast::Phase::name);
  ASSERT_NE(verify, outlook.phases.end());
  EXPECT_DOUBLE_EQ(verify->start, 6);
  EXPECT_DOUBLE_EQ(verify->seconds, 5);
}

TEST(Outlook, GrowsWithTheFactorsOfWhatWasSampled) {
  support::CatalogBuilder source;
  const catalog::Place table = source.table("t", 100_MiB);
  source.key(table);
  const Plan once = make_plan(source.catalog, nullptr, {.jobs = 2});
  const Plan thrice = make_plan(source.catalog, nullptr, {.jobs = 2, .factors = {.copy = {3.0}}});
  EXPECT_NEAR(thrice.tables[0].seconds, 3 * once.tables[0].seconds, 1e-9);
  const TaskId index = support::tasks_of(once.graph, TaskKind::index)[0];
  EXPECT_DOUBLE_EQ(once.graph.tasks[index].seconds, thrice.graph.tasks[index].seconds);
}

}  // namespace
}  // namespace pghaul::plan
