#include <gtest/gtest.h>

#include <set>

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

/// A table that is nearly all there is.
class Split : public testing::Test {
 protected:
  Split() : target_(support::empty_target()), large_(source_.table("large", 2000_MiB)) {
    source_.key(large_);
    for (int i = 0; i < 10; ++i) source_.table("small" + std::to_string(i), 1_MiB);
  }
  Plan plan(int jobs) { return make_plan(source_.catalog, &target_, {.jobs = jobs}); }
  std::uint32_t chunks(int jobs) { return plan(jobs).tables[0].chunks; }

  CatalogBuilder source_;
  catalog::Server target_;
  Place large_;
};

TEST_F(Split, DividesWhatWouldFinishLastAmongAllWorkers) {
  for (const int jobs : {2, 4, 8}) {
    EXPECT_GT(chunks(jobs), 1U);
    EXPECT_EQ(chunks(jobs) % static_cast<unsigned>(jobs), 0U);
  }
}

TEST_F(Split, CoversTheTableOnce) {
  const TaskGraph graph = plan(4).graph;
  std::uint32_t next = 0;
  for (const TaskId id : tasks_for(graph, TaskKind::copy, large_)) {
    EXPECT_EQ(graph.tasks[id].pages.first, next);
    EXPECT_EQ(support::locks_on(graph.tasks[id], large_), std::vector{LockMode::row_exclusive});
    next = graph.tasks[id].pages.end;
  }
  EXPECT_EQ(next, PageRange::kOpen);
}

TEST_F(Split, LetsIndexesAndReadBackWaitForEveryPart) {
  const TaskGraph graph = plan(2).graph;
  const std::vector<TaskId> copies = tasks_for(graph, TaskKind::copy, large_);
  EXPECT_EQ(graph.tasks[tasks_for(graph, TaskKind::index, 0).at(0)].after, copies);
  const std::vector<TaskId> reads = tasks_for(graph, TaskKind::read_back, large_);
  ASSERT_EQ(reads.size(), copies.size());
  for (std::uint32_t part = 0; part < reads.size(); ++part) {
    EXPECT_EQ(graph.tasks[reads[part]].after, copies);
    EXPECT_EQ(graph.tasks[reads[part]].part, part);
    EXPECT_EQ(graph.tasks[reads[part]].parts, reads.size());
  }
}

TEST_F(Split, ShortensTheForecast) {
  const double whole = forecast(plan(1).graph, 4, 16).seconds;
  EXPECT_LT(forecast(plan(4).graph, 4, 16).seconds, 0.6 * whole);
}

TEST_F(Split, IsOfNoUseWhereOneLaneKeepsAllCoresBusy) {
  const PlanOptions cramped = {.jobs = 2, .machines = 2.0};
  const Plan plan = make_plan(source_.catalog, &target_, cramped);
  EXPECT_FALSE(plan.split);
  EXPECT_EQ(plan.tables[0].chunks, 1U);
  EXPECT_GT(plan.tables[0].read_parts, 1U);  // which leaves nobody idle at the end
}

TEST_F(Split, PaysOnFewCoresWhereTheTargetCompresses) {
  source_.relation(large_).toast_bytes = source_.relation(large_).heap_bytes;
  source_.relation(large_).heap_bytes = 10_MiB;
  EXPECT_TRUE(make_plan(source_.catalog, &target_, {.jobs = 2, .machines = 2.0}).split);
}

TEST_F(Split, StaysAsItWasDecidedEarlier) {
  EXPECT_FALSE(make_plan(source_.catalog, &target_, {.jobs = 2, .decided_split = false}).split);
  EXPECT_TRUE(
      make_plan(source_.catalog, &target_, {.jobs = 2, .machines = 2.0, .decided_split = true}).split);
}

TEST_F(Split, IsOfNoUseToOneWorker) {
  EXPECT_EQ(chunks(1), 1U);
}

TEST_F(Split, NeedsASourceThatReadsPagesByTheirNumber) {
  source_.catalog.server.version = 130023;
  EXPECT_EQ(chunks(4), 1U);
}

TEST_F(Split, ReadsBackAsAWholeWhereTheTargetCannotReadPages) {
  target_.version = 130023;
  const TaskGraph graph = plan(4).graph;
  EXPECT_GT(tasks_for(graph, TaskKind::copy, large_).size(), 1U);
  EXPECT_EQ(tasks_for(graph, TaskKind::read_back, large_).size(), 1U);
}

TEST_F(Split, LeavesAnExtensionsTableWhole) {
  source_.relation(large_).extension = "postgis";
  EXPECT_EQ(chunks(4), 1U);
}

TEST_F(Split, LeavesATableWholeThatDoesNotFinishLast) {
  for (int i = 0; i < 9; ++i) source_.key(source_.table("as_large" + std::to_string(i), 2000_MiB));
  for (const TablePlan& table : plan(2).tables) EXPECT_EQ(table.chunks, 1U);
}

TEST_F(Split, FillsWorkersThatTooFewTablesWouldLeaveIdle) {
  CatalogBuilder source;
  for (int i = 0; i < 3; ++i) source.key(source.table("t" + std::to_string(i), 1000_MiB));
  const Plan plan = make_plan(source.catalog, &target_, {.jobs = 4});
  EXPECT_LT(forecast(plan.graph, 4, 64).seconds, 1.1 * plan.graph.total_seconds() / 4);
}

TEST_F(Split, MakesNoPartsThatAreHardlyWorthATransaction) {
  CatalogBuilder source;
  source.table("alone", 200_MiB);
  EXPECT_EQ(make_plan(source.catalog, &target_, {.jobs = 8}).tables[0].chunks, 3U);
  source.relation(0).heap_bytes = 100 << 20;
  EXPECT_EQ(make_plan(source.catalog, &target_, {.jobs = 8}).tables[0].chunks, 1U);
}

TEST_F(Split, WeighsToast) {
  CatalogBuilder source;
  source.table("documents", 10_MiB);
  source.table("plain", 400_MiB);
  source.relation(0).toast_bytes = std::int64_t{4} << 30;
  const Plan plan = make_plan(source.catalog, &target_, {.jobs = 4});
  EXPECT_GE(plan.tables[0].chunks, 4U);
  EXPECT_EQ(plan.tables[1].chunks, 1U);
}

TEST_F(Split, IsNotDrivenByWhatComesAfterEverything) {
  CatalogBuilder source;
  for (int i = 0; i < 8; ++i) source.table("t" + std::to_string(i), 300_MiB);
  source.relation(source.view("v", {})).heap_bytes = std::int64_t{1} << 40;
  for (const TablePlan& table : make_plan(source.catalog, &target_, {.jobs = 2}).tables) {
    EXPECT_EQ(table.chunks, 1U);
  }
}

}  // namespace
}  // namespace pghaul::plan
