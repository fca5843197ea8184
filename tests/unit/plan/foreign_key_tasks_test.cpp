#include <gtest/gtest.h>

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

TaskGraph graph_of(const CatalogBuilder& source) {
  const catalog::Server target = support::empty_target();
  return make_plan(source.catalog, &target, {.jobs = 2}).graph;
}

const std::vector<LockMode> kBoth = {LockMode::share_row_exclusive};

TEST(ForeignKeyTasks, WaitForBothSidesRowsAndTheReferencedKey) {
  CatalogBuilder source;
  const Place customers = source.table("customers", 1_MiB);
  const Place orders = source.table("orders", 1_MiB);
  const Place wanted = source.key(customers);
  const Place other = source.key(customers, 'u');
  const Place foreign_key = source.foreign_key(orders, wanted);
  const TaskGraph graph = graph_of(source);
  const TaskId add = tasks_for(graph, TaskKind::foreign_key, foreign_key).at(0);
  EXPECT_TRUE(waits_for(graph, add, tasks_for(graph, TaskKind::copy, customers).at(0)));
  EXPECT_TRUE(waits_for(graph, add, tasks_for(graph, TaskKind::copy, orders).at(0)));
  EXPECT_TRUE(waits_for(graph, add, tasks_for(graph, TaskKind::keys, wanted).at(0)));
  EXPECT_FALSE(waits_for(graph, add, tasks_for(graph, TaskKind::keys, other).at(0)));
  EXPECT_EQ(locks_on(graph.tasks[add], customers), kBoth);
  EXPECT_EQ(locks_on(graph.tasks[add], orders), kBoth);
}

TEST(ForeignKeyTasks, CheckUnderAWeakLockOnceAdded) {
  CatalogBuilder source;
  const Place customers = source.table("customers", 1_MiB);
  const Place orders = source.table("orders", 1_MiB);
  const Place foreign_key = source.foreign_key(orders, source.key(customers));
  const TaskGraph graph = graph_of(source);
  const TaskId validate = tasks_for(graph, TaskKind::validate, foreign_key).at(0);
  EXPECT_EQ(graph.tasks[validate].after, tasks_for(graph, TaskKind::foreign_key, foreign_key));
  EXPECT_EQ(locks_on(graph.tasks[validate], orders), std::vector<LockMode>{LockMode::share_update_exclusive});
  EXPECT_EQ(locks_on(graph.tasks[validate], customers), std::vector<LockMode>{LockMode::access_share});
}

TEST(ForeignKeyTasks, CheckWhenAddedWhatCannotBeValidatedLater) {
  CatalogBuilder source;
  const Place orders = source.partitioned("orders");
  source.partition("orders_1", orders, 1_MiB);
  const Place lines = source.table("lines", 1_MiB);
  source.foreign_key(lines, source.key(orders));
  const Place not_valid = source.foreign_key(lines, source.key(source.table("products", 1_MiB)));
  source.catalog.constraints[not_valid].validated = false;
  const TaskGraph graph = graph_of(source);
  EXPECT_EQ(tasks_of(graph, TaskKind::foreign_key).size(), 2U);
  EXPECT_TRUE(tasks_of(graph, TaskKind::validate).empty());
}

TEST(ForeignKeyTasks, MayPointToAUniqueIndexThatServesNoConstraint) {
  CatalogBuilder source;
  const Place customers = source.table("customers", 1_MiB);
  const Place unique = source.key(customers, 'u');
  const Place foreign_key = source.foreign_key(customers, unique);
  const Place index = source.index_of(unique);
  source.catalog.indexes[index].constraint = 0;
  source.catalog.constraints.erase(source.catalog.constraints.begin() + unique);
  const TaskGraph graph = graph_of(source);
  const TaskId add = tasks_for(graph, TaskKind::foreign_key, foreign_key - 1).at(0);
  EXPECT_TRUE(waits_for(graph, add, tasks_for(graph, TaskKind::index, index).at(0)));
}

TEST(ForeignKeyTasks, WaitForEveryPartitionOfEitherSide) {
  CatalogBuilder source;
  const Place orders = source.partitioned("orders");
  const Place part = source.partition("orders_1", orders, 1_MiB);
  const Place key = source.key(orders);
  source.key(part, 'p', source.index_of(key));
  const Place lines = source.partitioned("lines");
  const Place line_part = source.partition("lines_1", lines, 1_MiB);
  const Place foreign_key = source.foreign_key(lines, key);
  const TaskGraph graph = graph_of(source);
  const TaskId add = tasks_for(graph, TaskKind::foreign_key, foreign_key).at(0);
  EXPECT_TRUE(waits_for(graph, add, tasks_for(graph, TaskKind::copy, part).at(0)));
  EXPECT_TRUE(waits_for(graph, add, tasks_for(graph, TaskKind::copy, line_part).at(0)));
  EXPECT_TRUE(waits_for(graph, add, tasks_for(graph, TaskKind::attach_indexes, source.index_of(key)).at(0)));
  for (const Place relation : {orders, part, lines, line_part}) {
    EXPECT_EQ(locks_on(graph.tasks[add], relation), kBoth);
  }
}

TEST(ForeignKeyTasks, LockATableOnceThatReferencesItself) {
  CatalogBuilder source;
  const Place table = source.table("employees", 1_MiB);
  source.foreign_key(table, source.key(table));
  const TaskGraph graph = graph_of(source);
  EXPECT_EQ(locks_on(graph.tasks[tasks_of(graph, TaskKind::foreign_key).at(0)], table), kBoth);
}

TEST(ForeignKeyTasks, ShareATaskWhereAllTablesAreTiny) {
  CatalogBuilder source;
  const Place large = source.table("large", 1_MiB);
  const Place key = source.key(source.table("countries"));
  for (int i = 0; i < 5; ++i) source.foreign_key(source.table("t" + std::to_string(i)), key);
  const Place alone = source.foreign_key(large, key);
  const TaskGraph graph = graph_of(source);
  EXPECT_EQ(tasks_of(graph, TaskKind::foreign_key).size(), 2U);
  EXPECT_EQ(graph.tasks[tasks_for(graph, TaskKind::foreign_key, alone).at(0)].objects.size(), 1U);
}

TEST(ForeignKeyTasks, LeaveOutOneWhoseTableIsNotCopied) {
  CatalogBuilder source;
  const Place table = source.table("t");
  const Place foreign_key = source.foreign_key(table, source.key(table));
  source.catalog.constraints[foreign_key].references = 12345;
  EXPECT_TRUE(tasks_of(graph_of(source), TaskKind::foreign_key).empty());
}

}  // namespace
}  // namespace pghaul::plan
