#include <gtest/gtest.h>

#include "base/units.h"
#include "plan/make_plan.h"
#include "support/catalog_builder.h"
#include "support/graphs.h"

namespace pghaul::plan {
namespace {

using catalog::Place;
using support::CatalogBuilder;
using support::tasks_for;
using support::tasks_of;
using support::waits_for;

TaskGraph graph_of(const CatalogBuilder& source, const PlanOptions& options = {.jobs = 2}) {
  const catalog::Server target = support::empty_target();
  return make_plan(source.catalog, &target, options).graph;
}

TEST(DatabaseTasks, SetAllSequencesInOne) {
  CatalogBuilder source;
  EXPECT_TRUE(tasks_of(graph_of(source), TaskKind::sequences).empty());
  source.catalog.sequences.resize(3);
  const TaskGraph graph = graph_of(source);
  ASSERT_EQ(tasks_of(graph, TaskKind::sequences).size(), 1U);
  EXPECT_TRUE(graph.tasks[tasks_of(graph, TaskKind::sequences)[0]].after.empty());
}

TEST(DatabaseTasks, ReadBackEachRangeOfLargeObjects) {
  CatalogBuilder source;
  source.catalog.large_objects = {.count = 30, .bytes = 3 << 20, .range_starts = {1, 50, 70}};
  const TaskGraph graph = graph_of(source);
  ASSERT_EQ(tasks_of(graph, TaskKind::large_objects).size(), 3U);
  for (Place range = 0; range < 3; ++range) {
    const TaskId write = tasks_for(graph, TaskKind::large_objects, range).at(0);
    const TaskId read = tasks_for(graph, TaskKind::large_objects_read_back, range).at(0);
    EXPECT_EQ(graph.tasks[read].after, std::vector{write});
    const TaskId properties = tasks_for(graph, TaskKind::large_object_properties, range).at(0);
    EXPECT_EQ(graph.tasks[properties].after, std::vector{write});
  }
  EXPECT_TRUE(
      tasks_of(graph_of(source, {.jobs = 2, .with_large_objects = false}), TaskKind::large_objects).empty());
}

TEST(DatabaseTasks, RestoreTheRestAfterEverythingElse) {
  CatalogBuilder source;
  const Place table = source.table("t", 1_MiB);
  source.foreign_key(table, source.key(table));
  source.index(table);
  source.table("tiny");
  source.catalog.sequences.resize(1);
  source.catalog.large_objects = {.count = 1, .bytes = 1, .range_starts = {1}};
  const TaskGraph graph = graph_of(source);
  const TaskId post_data = tasks_of(graph, TaskKind::post_data).at(0);
  EXPECT_EQ(post_data + 1, graph.tasks.size());
  for (TaskId id = 0; id < post_data; ++id) EXPECT_TRUE(waits_for(graph, post_data, id)) << id;
}

TEST(DatabaseTasks, RefreshMaterializedViewsAfterThoseTheyRead) {
  CatalogBuilder source;
  const Place top = source.view("top", {});
  const Place table = source.table("t");
  const Place base = source.view("base", {table});
  source.relation(top).depends_on = {source.relation(base).oid, source.relation(table).oid};
  const TaskGraph graph = graph_of(source);
  const TaskId first = tasks_for(graph, TaskKind::refresh, base).at(0);
  const TaskId second = tasks_for(graph, TaskKind::refresh, top).at(0);
  EXPECT_TRUE(waits_for(graph, second, first));
  EXPECT_TRUE(waits_for(graph, first, tasks_of(graph, TaskKind::post_data).at(0)));
}

TEST(DatabaseTasks, IndexAndAnalyzeAMaterializedViewOnceItIsFilled) {
  CatalogBuilder source;
  const Place view = source.view("v", {});
  const Place index = source.index(view);
  const TaskGraph graph = graph_of(source);
  const TaskId refresh = tasks_for(graph, TaskKind::refresh, view).at(0);
  const TaskId build = tasks_for(graph, TaskKind::index, index).at(0);
  EXPECT_EQ(graph.tasks[build].after, std::vector{refresh});
  EXPECT_TRUE(waits_for(graph, tasks_for(graph, TaskKind::analyze, view).at(0), build));
}

TEST(DatabaseTasks, LeaveAnEmptyMaterializedViewEmptyButIndexed) {
  CatalogBuilder source;
  const Place view = source.view("v", {}, false);
  const Place index = source.index(view);
  const Place reader = source.view("reader", {view});  // could not be refreshed
  const TaskGraph graph = graph_of(source);
  EXPECT_TRUE(tasks_of(graph, TaskKind::refresh).empty());
  EXPECT_TRUE(tasks_for(graph, TaskKind::analyze, reader).empty());
  const TaskId build = tasks_for(graph, TaskKind::index, index).at(0);
  EXPECT_EQ(graph.tasks[build].after, tasks_of(graph, TaskKind::post_data));
}

}  // namespace
}  // namespace pghaul::plan
