#include <gtest/gtest.h>

#include "base/units.h"
#include "plan/archive_plan.h"
#include "plan/make_plan.h"
#include "plan/verify_plan.h"
#include "support/catalog_builder.h"
#include "support/graphs.h"

namespace pghaul::plan {
namespace {

using catalog::Place;
using support::tasks_for;
using support::tasks_of;
using support::waits_for;

constexpr catalog::Oid kBigint = 20;

/// A table with a generated column, one without, and a materialized view.
struct Source : support::CatalogBuilder {
  explicit Source(std::size_t bytes = 8192) {
    generated = table("generated", bytes);
    relation(generated).columns = {{.name = "id", .type = kBigint, .in_key = true},
                                   {.name = "g", .type = kBigint, .generated = true}};
    plain = table("plain");
    relation(plain).columns = {{.name = "id", .type = kBigint}};
    computed = view("computed", {generated});
    relation(computed).columns = {{.name = "id", .type = kBigint}};
  }
  Place generated = 0;
  Place plain = 0;
  Place computed = 0;
};

Plan plan_of(const Source& source, const PlanOptions& options = {.jobs = 2}) {
  const catalog::Server target = support::empty_target();
  return make_plan(source.catalog, &target, options);
}

TEST(ComputedTasks, ReadBothSidesOfWhatTheTargetComputesAnewAndOfNothingElse) {
  const Source source;
  const Plan plan = plan_of(source);
  ASSERT_EQ(plan.computed.size(), 2U);
  for (const Place place : {source.generated, source.computed}) {
    EXPECT_EQ(tasks_for(plan.graph, TaskKind::read_source_computed, place).size(), 1U);
    EXPECT_EQ(tasks_for(plan.graph, TaskKind::read_back_computed, place).size(), 1U);
  }
  EXPECT_TRUE(tasks_for(plan.graph, TaskKind::read_source_computed, source.plain).empty());
}

TEST(ComputedTasks, ReadTheTargetOnceItHasComputed) {
  const Source source;
  const TaskGraph graph = plan_of(source).graph;
  const TaskId copied = tasks_for(graph, TaskKind::copy, source.generated).at(0);
  EXPECT_TRUE(
      waits_for(graph, tasks_for(graph, TaskKind::read_back_computed, source.generated).at(0), copied));
  const TaskId refreshed = tasks_for(graph, TaskKind::refresh, source.computed).at(0);
  EXPECT_TRUE(
      waits_for(graph, tasks_for(graph, TaskKind::read_back_computed, source.computed).at(0), refreshed));
  for (const TaskId id : tasks_of(graph, TaskKind::read_source_computed)) {
    EXPECT_TRUE(graph.tasks[id].after.empty()) << "the source's snapshot waits for it";
  }
}

TEST(ComputedTasks, AreNoneWhereContentsAreNotCompared) {
  const Source source;
  for (const PlanOptions& options :
       {PlanOptions{.jobs = 2, .read_back = false}, PlanOptions{.jobs = 2, .read_computed = false}}) {
    const Plan plan = plan_of(source, options);
    EXPECT_TRUE(plan.computed.empty());
    EXPECT_TRUE(tasks_of(plan.graph, TaskKind::read_source_computed).empty());
  }
}

TEST(ComputedTasks, LeaveOutAViewThatIsRefreshedAfterTheOpening) {
  const Source source;
  const TaskGraph graph = plan_of(source, {.jobs = 2, .open_after = Milestone::keys}).graph;
  EXPECT_EQ(tasks_for(graph, TaskKind::read_back_computed, source.generated).size(), 1U);
  EXPECT_TRUE(tasks_for(graph, TaskKind::read_back_computed, source.computed).empty());
  const TaskId let_go = tasks_of(graph, TaskKind::release_opening).at(0);
  EXPECT_TRUE(waits_for(graph, let_go, tasks_of(graph, TaskKind::read_back_computed).at(0)));
}

TEST(ComputedTasks, OfAVerifyReadWhatBothHave) {
  const Source source(2000_MiB);
  const Plan plan = make_verify_plan(source.catalog, support::empty_target(), {.jobs = 2},
                                     {source.generated, source.plain});
  ASSERT_EQ(plan.computed.size(), 1U);
  EXPECT_EQ(plan.computed[0].relation, source.generated);
  EXPECT_GT(plan.computed[0].chunks, 1U);
  EXPECT_EQ(tasks_for(plan.graph, TaskKind::read_back_computed, source.generated).size(),
            plan.computed[0].chunks);
  EXPECT_EQ(plan.tables.size(), 2U);
}

TEST(ComputedTasks, OfAnArchiveReadGeneratedColumnsAlone) {
  const Source source;
  const Plan plan = make_archive_plan(source.catalog, {.jobs = 2});
  ASSERT_EQ(plan.computed.size(), 1U);
  EXPECT_EQ(tasks_of(plan.graph, TaskKind::read_source_computed).size(), 1U);
  EXPECT_TRUE(tasks_of(plan.graph, TaskKind::read_back_computed).empty());
}

TEST(ComputedTasks, OutOfAnArchiveReadWhatItHoldsDigestsOf) {
  const Source source;
  std::vector<StoredRows> stored(source.catalog.relations.size());
  for (const Place place : {source.generated, source.plain}) stored[place].files = {PageRange{}};
  EXPECT_TRUE(plan_of(source, {.jobs = 2, .stored = stored}).computed.empty());
  stored[source.generated].computed.emplace(Format{.binary = false});
  const Plan plan = plan_of(source, {.jobs = 2, .stored = stored});
  ASSERT_EQ(plan.computed.size(), 1U);
  EXPECT_FALSE(plan.computed[0].format.binary);
}

}  // namespace
}  // namespace pghaul::plan
