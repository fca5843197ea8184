#include <gtest/gtest.h>

#include <algorithm>

#include "base/units.h"
#include "plan/make_plan.h"
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

TaskGraph graph_of(const CatalogBuilder& source, PlanOptions options = {.jobs = 2}) {
  const catalog::Server target = support::empty_target();
  return make_plan(source.catalog, &target, options).graph;
}

std::vector<LockMode> only(LockMode mode) {
  return {mode};
}

TEST(TableTasks, FollowTheRowsOfATable) {
  CatalogBuilder source;
  const Place table = source.table("t", 1_MiB);
  const Place index = source.index(table);
  const Place key = source.key(table);
  const TaskGraph graph = graph_of(source);
  const TaskId copy = tasks_for(graph, TaskKind::copy, table).at(0);
  const TaskId build = tasks_for(graph, TaskKind::index, index).at(0);
  const TaskId build_key = tasks_for(graph, TaskKind::index, source.index_of(key)).at(0);
  const TaskId add_key = tasks_for(graph, TaskKind::keys, key).at(0);
  const TaskId read = tasks_for(graph, TaskKind::read_back, table).at(0);
  const TaskId analyze = tasks_for(graph, TaskKind::analyze, table).at(0);
  EXPECT_TRUE(graph.tasks[copy].pages.whole());
  EXPECT_NE(build, build_key);  // side by side
  EXPECT_EQ(graph.tasks[build].after, std::vector{copy});
  EXPECT_EQ(graph.tasks[build_key].after, std::vector{copy});
  EXPECT_EQ(graph.tasks[add_key].after, std::vector{build_key});
  EXPECT_EQ(graph.tasks[read].after, std::vector{copy});
  EXPECT_EQ(graph.tasks[analyze].after, (std::vector{copy, build, build_key}));
  EXPECT_EQ(locks_on(graph.tasks[copy], table), only(LockMode::access_exclusive));
  EXPECT_EQ(locks_on(graph.tasks[build], table), only(LockMode::share));
  EXPECT_EQ(locks_on(graph.tasks[add_key], table), only(LockMode::access_exclusive));
  EXPECT_EQ(locks_on(graph.tasks[read], table), only(LockMode::access_share));
  EXPECT_EQ(locks_on(graph.tasks[analyze], table), only(LockMode::share_update_exclusive));
}

TEST(TableTasks, BuildWhatNoIndexCanBecomeWithItsConstraint) {
  CatalogBuilder source;
  const Place table = source.table("t", 1_MiB);
  const Place exclusion = source.key(table, 'x');
  const Place temporal = source.key(table);
  source.catalog.constraints[temporal].without_overlaps = true;
  const TaskGraph graph = graph_of(source);
  EXPECT_TRUE(tasks_of(graph, TaskKind::index).empty());
  const TaskId copy = tasks_of(graph, TaskKind::copy).at(0);
  const TaskId analyze = tasks_of(graph, TaskKind::analyze).at(0);
  for (const Place key : {exclusion, temporal}) {
    const TaskId add = tasks_for(graph, TaskKind::keys, key).at(0);
    EXPECT_EQ(graph.tasks[add].after, std::vector{copy});
    EXPECT_TRUE(waits_for(graph, analyze, add));
  }
}

TEST(TableTasks, CopyConfigurationTablesBeforeAllOthers) {
  CatalogBuilder source;
  const Place first = source.table("a", 1_MiB);
  const Place configuration = source.table("z", 1_MiB);
  source.relation(configuration).extension = "postgis";
  const TaskGraph graph = graph_of(source);
  const TaskId copy = tasks_for(graph, TaskKind::copy, configuration).at(0);
  EXPECT_TRUE(graph.tasks[copy].after.empty());
  EXPECT_TRUE(waits_for(graph, tasks_for(graph, TaskKind::copy, first).at(0), copy));
}

TEST(TableTasks, BuildAnIndexWhoseFunctionsReadTablesWhenAllRowsAreThere) {
  CatalogBuilder source;
  const Place table = source.table("t", 1_MiB);
  const Place index = source.index(table);
  const Place plain = source.index(table);
  const Place exclusion = source.key(table, 'x');
  const Place other = source.table("z", 100_MiB);
  source.catalog.indexes[index].reads = true;
  source.catalog.indexes[source.index_of(exclusion)].reads = true;
  const TaskGraph graph = graph_of(source);
  const TaskId analyze = tasks_for(graph, TaskKind::analyze, table).at(0);
  for (const TaskId late :
       {tasks_for(graph, TaskKind::index, index).at(0), tasks_for(graph, TaskKind::keys, exclusion).at(0)}) {
    EXPECT_TRUE(graph.tasks[late].reads_others);
    for (const TaskId copy : tasks_for(graph, TaskKind::copy, other))
      EXPECT_TRUE(waits_for(graph, late, copy));
    EXPECT_TRUE(waits_for(graph, analyze, late));  // samples its expressions
    EXPECT_TRUE(waits_for(graph, tasks_of(graph, TaskKind::post_data).at(0), late));
  }
  const Task& at_once = graph.tasks[tasks_for(graph, TaskKind::index, plain).at(0)];
  EXPECT_EQ(at_once.after, tasks_for(graph, TaskKind::copy, table));
  EXPECT_FALSE(at_once.reads_others);
}

TEST(TableTasks, BuildSuchAnIndexLastWhereMoreThanRowsDecidesWhatItsFunctionsRead) {
  CatalogBuilder source;
  const Place parent = source.partitioned("p");
  const Place root = source.index(parent);
  const Place part = source.partition("part", parent, 1_MiB);
  const Place index = source.index(part, root);
  const Place view = source.view("v", {part});
  for (const Place late : {root, index}) source.catalog.indexes[late].reads = true;
  const TaskGraph graph = graph_of(source);
  const TaskId build = tasks_for(graph, TaskKind::index, index).at(0);
  EXPECT_TRUE(waits_for(graph, build, tasks_of(graph, TaskKind::post_data).at(0)));
  EXPECT_TRUE(waits_for(graph, build, tasks_for(graph, TaskKind::refresh, view).at(0)));
  EXPECT_TRUE(waits_for(graph, tasks_for(graph, TaskKind::attach_indexes, root).at(0), build));
  EXPECT_TRUE(waits_for(graph, tasks_for(graph, TaskKind::analyze, parent).at(0), build));
  EXPECT_EQ(tasks_of(graph, TaskKind::attach_indexes).size(), 1U);
  EXPECT_EQ(tasks_for(graph, TaskKind::analyze, parent).size(), 1U);

  source.catalog.relations.erase(source.catalog.relations.begin() + view);
  const TaskGraph changed = graph_of(source, {.jobs = 2, .after_data_changes_queries = true});
  EXPECT_TRUE(waits_for(changed, tasks_for(changed, TaskKind::index, index).at(0),
                        tasks_of(changed, TaskKind::post_data).at(0)));
}

TEST(TableTasks, DoNotMakeAKeyAgainThatIsMadeWithItsTable) {
  CatalogBuilder source;
  const Place table = source.table("t", 1_MiB);
  const Place key = source.key(table);
  source.catalog.constraints[key].before_rows = true;
  source.foreign_key(table, key);
  const TaskGraph graph = graph_of(source);
  EXPECT_TRUE(tasks_of(graph, TaskKind::index).empty());
  EXPECT_TRUE(tasks_of(graph, TaskKind::keys).empty());
  EXPECT_TRUE(
      waits_for(graph, tasks_of(graph, TaskKind::foreign_key).at(0), tasks_of(graph, TaskKind::copy).at(0)));
}

TEST(TableTasks, LeaveOutAnInvalidIndexAndItsConstraint) {
  CatalogBuilder source;
  const Place table = source.table("t", 1_MiB);
  source.catalog.indexes[source.index(table)].valid = false;
  source.catalog.indexes[source.index_of(source.key(table))].valid = false;
  const TaskGraph graph = graph_of(source);
  EXPECT_TRUE(tasks_of(graph, TaskKind::index).empty());
  EXPECT_TRUE(tasks_of(graph, TaskKind::keys).empty());
}

TEST(TableTasks, ReadNothingBackUnlessAsked) {
  CatalogBuilder source;
  source.table("t");
  source.catalog.large_objects = {.count = 1, .bytes = 1, .range_starts = {1}};
  const TaskGraph graph = graph_of(source, {.jobs = 2, .read_back = false});
  EXPECT_TRUE(tasks_of(graph, TaskKind::read_back).empty());
  EXPECT_TRUE(tasks_of(graph, TaskKind::large_objects_read_back).empty());
}

TEST(TableTasks, OfTinyTablesAreOneForEachStep) {
  CatalogBuilder source;
  for (int i = 0; i < 5; ++i) {
    const Place table = source.table("t" + std::to_string(i));
    source.key(table);
    source.index(table);
  }
  const TaskGraph graph = graph_of(source);
  const std::vector<std::pair<TaskKind, std::size_t>> expected = {{TaskKind::copy, 5},
                                                                  {TaskKind::index, 10},
                                                                  {TaskKind::keys, 5},
                                                                  {TaskKind::read_back, 5},
                                                                  {TaskKind::analyze, 5}};
  for (const auto& [kind, objects] : expected) {
    ASSERT_EQ(tasks_of(graph, kind).size(), 1U) << task_kind_name(kind);
    const Task& task = graph.tasks[tasks_of(graph, kind)[0]];
    EXPECT_EQ(task.objects.size(), objects) << task_kind_name(kind);
    EXPECT_EQ(task.locks.size(), 5U) << task_kind_name(kind);
  }
  EXPECT_EQ(graph.tasks.size(), 6U);  // and post-data
}

TEST(TableTasks, CostMoreForATextIndex) {
  CatalogBuilder source;
  const Place table = source.table("t", 1000_MiB);
  const Place number = source.index(table);
  const Place text = source.index(table);
  source.catalog.indexes[text].text_key = true;
  const TaskGraph graph = graph_of(source, {.jobs = 1});
  const double cheap = graph.tasks[tasks_for(graph, TaskKind::index, number).at(0)].seconds;
  const double dear = graph.tasks[tasks_for(graph, TaskKind::index, text).at(0)].seconds;
  EXPECT_GT(dear, 3 * cheap);
}

}  // namespace
}  // namespace pghaul::plan
