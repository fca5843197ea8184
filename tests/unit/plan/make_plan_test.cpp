#include "plan/make_plan.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/units.h"
#include "plan/forecast.h"
#include "support/catalog_builder.h"
#include "support/graphs.h"

namespace pghaul::plan {
namespace {

using catalog::Place;
using support::CatalogBuilder;

TEST(MakePlan, OfAnEmptyDatabaseRestoresItsPostData) {
  const Plan plan = make_plan(CatalogBuilder().catalog, nullptr, {.local_cores = 4});
  EXPECT_EQ(plan.jobs, 4);
  EXPECT_TRUE(plan.tables.empty());
  ASSERT_EQ(plan.graph.tasks.size(), 1U);
  EXPECT_EQ(plan.graph.tasks[0].kind, TaskKind::post_data);
}

TEST(MakePlan, CopiesTablesAndNothingElse) {
  CatalogBuilder source;
  const Place table = source.table("t");
  const Place unlogged = source.table("u");
  source.relation(unlogged).persistence = 'u';
  source.relation(source.table("far")).kind = 'f';
  source.view("v", {table});
  const Place part = source.partition("part", source.partitioned("parent"));
  const Plan plan = make_plan(source.catalog, nullptr, {.jobs = 2});
  std::vector<Place> copied;
  for (const TablePlan& planned : plan.tables) copied.push_back(planned.relation);
  EXPECT_EQ(copied, (std::vector{table, unlogged, part}));
}

TEST(MakePlan, SaysInWhatFormatAndWhy) {
  CatalogBuilder source;
  source.table("plain");
  source.table_of_type({.name = {"pg_catalog", "aclitem"}});
  const Plan plan = make_plan(source.catalog, nullptr, {.jobs = 2});
  EXPECT_TRUE(plan.tables[0].format.binary);
  EXPECT_FALSE(plan.tables[1].format.binary);
  EXPECT_EQ(plan.tables[1].format.reason, "column c: aclitem has no binary form");
}

TEST(MakePlan, UsesNoMoreWorkersThanConnections) {
  CatalogBuilder source;
  source.catalog.server.free_connections = 5;
  EXPECT_EQ(make_plan(source.catalog, nullptr, {.jobs = 8}).jobs, 3);
  source.catalog.server.free_connections = 0;
  EXPECT_EQ(make_plan(source.catalog, nullptr, {.jobs = 8}).jobs, 1);
}

int jobs_for(const CatalogBuilder& source, int version, PlanOptions options = {}) {
  catalog::Server target = support::empty_target();
  target.version = version;
  options.local_cores = 2;
  options.machines = Machines(2);
  return make_plan(source.catalog, &target, options).jobs;
}

TEST(MakePlan, HasMoreWorkersThanCoresWhereTheyWaitForTheDisk) {
  CatalogBuilder source;
  for (int i = 0; i < 500; ++i) {
    const Place table = source.table("t" + std::to_string(i));
    source.key(table);
    source.index(table);
  }
  EXPECT_EQ(jobs_for(source, 150000), 4);
  EXPECT_EQ(jobs_for(source, 170000), 2) << "which syncs no index by itself";
  EXPECT_EQ(jobs_for(source, 150000, {.jobs = 2}), 2) << "as asked";
  EXPECT_EQ(jobs_for(source, 150000, {.decided_jobs = 3}), 3) << "as an earlier run did";
  source.catalog.server.free_connections = 5;
  EXPECT_EQ(jobs_for(source, 150000), 3) << "as there are connections for";
}

TEST(MakePlan, HasNoMoreWorkersThanCoresWhereTheyKeepThemBusy) {
  CatalogBuilder source;
  for (int i = 0; i < 20; ++i) source.index(source.table("t" + std::to_string(i), 100_MiB));
  EXPECT_EQ(jobs_for(source, 150000), 2);
}

/// Tables of every size, with keys, indexes, foreign keys, partitions and views.
CatalogBuilder everything(std::size_t tables) {
  CatalogBuilder source;
  Place last_key = source.key(source.table("first"));
  for (std::size_t i = 0; i < tables; ++i) {
    const std::size_t bytes = i % 50 == 0 ? 100_MiB : i % 7 == 0 ? 1_MiB : 16_KiB;
    const std::string name = "t" + std::to_string(i);
    const Place parent = i % 10 == 0 ? source.partitioned(name + "_parent") : catalog::kNone;
    const Place table =
        parent == catalog::kNone ? source.table(name, bytes) : source.partition(name, parent, bytes);
    if (i % 3 == 0) source.foreign_key(table, last_key);
    if (parent != catalog::kNone) {
      source.index(table, source.index(parent));
    } else {
      last_key = source.key(table, i % 5 == 0 ? 'u' : 'p');
    }
    if (i % 20 == 0) source.index(source.view(name + "_view", {table}));
  }
  return source;
}

TEST(MakePlan, DoesEverythingOnce) {
  const CatalogBuilder source = everything(500);
  const Plan plan = make_plan(source.catalog, nullptr, {.jobs = 4});
  std::map<TaskKind, std::map<Place, std::uint32_t>> done;
  for (const Task& task : plan.graph.tasks) {
    for (const Place object : task.objects) ++done[task.kind][object];
  }
  for (const TablePlan& table : plan.tables) {
    EXPECT_EQ(done[TaskKind::copy][table.relation], table.chunks);
    EXPECT_EQ(done[TaskKind::read_back][table.relation], table.read_parts);
  }
  EXPECT_EQ(done[TaskKind::copy].size(), plan.tables.size());
  EXPECT_EQ(done[TaskKind::index].size(), source.catalog.indexes.size());
  EXPECT_EQ(done[TaskKind::keys].size() + done[TaskKind::foreign_key].size(),
            source.catalog.constraints.size());
  for (const TaskKind kind : {TaskKind::index, TaskKind::keys, TaskKind::foreign_key, TaskKind::analyze}) {
    for (const auto& [object, times] : done[kind]) EXPECT_EQ(times, 1U) << task_kind_name(kind) << object;
  }
}

TEST(MakePlan, CostsWhatItsTasksCost) {
  const CatalogBuilder source = everything(500);
  const Plan plan = make_plan(source.catalog, nullptr, {.jobs = 4});
  double copying = 0;
  for (const TablePlan& table : plan.tables) copying += table.seconds;
  for (const TaskId id : support::tasks_of(plan.graph, TaskKind::copy))
    copying -= plan.graph.tasks[id].seconds;
  EXPECT_LE(copying, 0);  // transactions come on top
  EXPECT_GE(forecast(plan.graph, plan.jobs, plan.jobs).seconds, plan.graph.total_seconds() / plan.jobs);
}

TEST(MakePlan, OfAHundredThousandTablesIsOneThatCanBeRun) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "takes many minutes there, and has one thread";
#endif
  const CatalogBuilder source = everything(100'000);
  const Plan plan = make_plan(source.catalog, nullptr, {.jobs = 8});
  EXPECT_EQ(plan.tables.size(), 100'001U);
  const double seconds = forecast(plan.graph, plan.jobs, plan.jobs).seconds;
  EXPECT_GE(seconds, support::longest_path(plan.graph) - 1e-6);
}

}  // namespace
}  // namespace pghaul::plan
