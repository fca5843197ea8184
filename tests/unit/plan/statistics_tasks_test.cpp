#include <gtest/gtest.h>

#include "base/units.h"
#include "plan/make_plan.h"
#include "plan/statistics.h"
#include "support/catalog_builder.h"
#include "support/graphs.h"

namespace pghaul::plan {
namespace {

using catalog::Place;
using support::CatalogBuilder;
using support::locks_on;
using support::tasks_for;
using support::tasks_of;
using support::waits_for;

/// A table with an index, whose statistics the source shows, and a target that takes them.
class StatisticsTasks : public testing::Test {
 protected:
  StatisticsTasks()
      : target_(support::empty_target()), table_(source_.table("t", 1_MiB)), index_(source_.index(table_)) {
    target_.version = 180000;
    source_.relation(table_).has_statistics = true;
  }

  TaskGraph graph(PlanOptions options = {.jobs = 2}) {
    return make_plan(source_.catalog, &target_, options).graph;
  }
  /// Tells whether the table is analyzed, and nothing is carried.
  testing::AssertionResult analyzed(const TaskGraph& all) const {
    const bool carries =
        !tasks_of(all, TaskKind::statistics).empty() || !tasks_of(all, TaskKind::read_statistics).empty();
    if (tasks_for(all, TaskKind::analyze, table_).size() == 1 && !carries) return testing::AssertionSuccess();
    return testing::AssertionFailure() << (carries ? "its statistics are carried" : "it is not analyzed");
  }

  CatalogBuilder source_;
  catalog::Server target_;
  Place table_;
  Place index_;
};

TEST_F(StatisticsTasks, GiveATableTheSourcesInsteadOfAnalyzingIt) {
  const TaskGraph all = graph();
  EXPECT_TRUE(tasks_of(all, TaskKind::analyze).empty());
  const TaskId read = tasks_for(all, TaskKind::read_statistics, table_).at(0);
  const TaskId give = tasks_for(all, TaskKind::statistics, table_).at(0);
  EXPECT_TRUE(all.tasks[read].after.empty());
  EXPECT_TRUE(waits_for(all, give, read));
  EXPECT_TRUE(waits_for(all, give, tasks_for(all, TaskKind::copy, table_).at(0)));
  EXPECT_TRUE(waits_for(all, give, tasks_for(all, TaskKind::index, index_).at(0)));
  EXPECT_EQ(locks_on(all.tasks[give], table_), std::vector{LockMode::share_update_exclusive});
}

TEST_F(StatisticsTasks, CostLessThanAnalyzing) {
  const double carried = graph().tasks[tasks_for(graph(), TaskKind::statistics, table_).at(0)].seconds;
  const TaskGraph without = graph({.jobs = 2, .carry_statistics = false});
  EXPECT_LT(carried, without.tasks[tasks_for(without, TaskKind::analyze, table_).at(0)].seconds);
}

TEST_F(StatisticsTasks, AnalyzeForATargetThatTakesNone) {
  target_.version = 170004;
  EXPECT_TRUE(analyzed(graph()));
}

TEST_F(StatisticsTasks, AnalyzeWhatTheSourceHasNoneOf) {
  source_.relation(table_).has_statistics = false;
  EXPECT_TRUE(analyzed(graph()));
}

TEST_F(StatisticsTasks, AnalyzeAFewRows) {
  source_.relation(table_).estimated_rows = 100;
  EXPECT_TRUE(analyzed(graph()));
}

TEST_F(StatisticsTasks, AnalyzeWhereThatIsAskedFor) {
  EXPECT_TRUE(analyzed(graph({.jobs = 2, .carry_statistics = false})));
}

TEST_F(StatisticsTasks, AnalyzeAMaterializedViewForItsQueryFillsItAnew) {
  const Place view = source_.view("v", {table_});
  source_.relation(view).has_statistics = true;
  source_.relation(view).estimated_rows = 10'000;
  EXPECT_EQ(tasks_for(graph(), TaskKind::analyze, view).size(), 1U);
}

TEST_F(StatisticsTasks, NeedNoSourceOnceTheApplicationIsLetIn) {
  const TaskGraph all = graph({.jobs = 2, .open_after = Milestone::data});
  const TaskId open = tasks_of(all, TaskKind::open).at(0);
  EXPECT_TRUE(waits_for(all, open, tasks_of(all, TaskKind::read_statistics).at(0)));
  EXPECT_TRUE(waits_for(all, tasks_of(all, TaskKind::statistics).at(0), open));
}

TEST(Statistics, ApplyToAboutAsManyRows) {
  EXPECT_TRUE(still_apply(1000, 1000));
  EXPECT_TRUE(still_apply(1000, 1190));
  EXPECT_FALSE(still_apply(1000, 1210));
  EXPECT_FALSE(still_apply(1000, 790));
}

}  // namespace
}  // namespace pghaul::plan
