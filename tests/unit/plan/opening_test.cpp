#include "plan/opening.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "plan/make_plan.h"
#include "support/catalog_builder.h"
#include "support/graphs.h"

namespace pghaul::plan {
namespace {

using support::CatalogBuilder;
using support::tasks_of;
using support::waits_for;

/// Two tables with keys, an index and a foreign key.
struct Shop : CatalogBuilder {
  Shop() {
    const Place customers = table("customers", 100'000'000);
    const Place orders = table("orders", 200'000'000);
    const Place key_of_customers = key(customers);
    key(orders);
    plain = index(orders);
    foreign_key(orders, key_of_customers);
  }
  Place plain = 0;
};

Plan plan_of(const catalog::Catalog& source, Milestone open_after, bool reads_all_rows = true) {
  const catalog::Server target = support::empty_target();
  return make_plan(source, &target, {.jobs = 2, .open_after = open_after, .reads_all_rows = reads_all_rows});
}

class Opened : public testing::TestWithParam<Milestone> {};

TEST_P(Opened, HasAllThatMustStandBeforeItAndTheRestAfterwardsOnline) {
  const Shop shop;
  const Plan plan = plan_of(shop.catalog, GetParam());
  const TaskId open = tasks_of(plan.graph, TaskKind::open).at(0);
  for (TaskId id = 0; id < plan.graph.tasks.size(); ++id) {
    const Task& task = plan.graph.tasks[id];
    if (id == open) continue;
    const bool before = task.milestone <= GetParam() || task.kind == TaskKind::post_data;
    EXPECT_EQ(before, waits_for(plan.graph, open, id)) << task_kind_name(task.kind);
    EXPECT_EQ(!before, waits_for(plan.graph, id, open)) << task_kind_name(task.kind);
    EXPECT_EQ(!before && task.kind != TaskKind::release_opening, task.online) << task_kind_name(task.kind);
  }
}

TEST_P(Opened, BuildsIndexesOnlyOnceNobodySeesTheOldStateAnyMore) {
  const Shop shop;
  const TaskGraph graph = plan_of(shop.catalog, GetParam()).graph;
  const TaskId let_go = tasks_of(graph, TaskKind::release_opening).at(0);
  for (const TaskId id : tasks_of(graph, TaskKind::read_back)) EXPECT_TRUE(waits_for(graph, let_go, id));
  for (const TaskId id : tasks_of(graph, TaskKind::index)) {
    EXPECT_EQ(graph.tasks[id].online, waits_for(graph, id, let_go));
  }
}

TEST_P(Opened, DoesAllThatAnyCopyDoes) {
  const Shop shop;
  const TaskGraph whole = plan_of(shop.catalog, Milestone::verified).graph;
  const TaskGraph graph = plan_of(shop.catalog, GetParam()).graph;
  for (std::size_t kind = 0; kind < static_cast<std::size_t>(TaskKind::open); ++kind) {
    EXPECT_EQ(tasks_of(graph, static_cast<TaskKind>(kind)).size(),
              tasks_of(whole, static_cast<TaskKind>(kind)).size());
  }
}

INSTANTIATE_TEST_SUITE_P(Milestones, Opened,
                         testing::Values(Milestone::data, Milestone::keys, Milestone::indexes,
                                         Milestone::constraints),
                         [](const auto& tested) { return milestone_name(tested.param); });

TEST(Opening, ComesAfterWhatCantBeDoneBesideWriters) {
  Shop shop;
  const catalog::Place exclusion = shop.key(shop.table("bookings", 50'000'000), 'x');
  const TaskGraph graph = plan_of(shop.catalog, Milestone::data).graph;
  const TaskId open = tasks_of(graph, TaskKind::open).at(0);
  for (const TaskId id : support::tasks_for(graph, TaskKind::keys, exclusion)) {
    EXPECT_TRUE(waits_for(graph, open, id));
  }
}

TEST(Opening, ComesAfterReadingBackAndForeignKeysWhereRowSecurityWouldHideRows) {
  const Shop shop;
  const TaskGraph graph = plan_of(shop.catalog, Milestone::keys, false).graph;
  const TaskId open = tasks_of(graph, TaskKind::open).at(0);
  for (const TaskKind kind : {TaskKind::read_back, TaskKind::foreign_key, TaskKind::validate}) {
    EXPECT_FALSE(tasks_of(graph, kind).empty());
    for (const TaskId id : tasks_of(graph, kind)) EXPECT_TRUE(waits_for(graph, open, id));
  }
  EXPECT_TRUE(tasks_of(graph, TaskKind::release_opening).empty());
}

TEST(Opening, IsNotThereBeforeTheEnd) {
  const Shop shop;
  EXPECT_TRUE(tasks_of(plan_of(shop.catalog, Milestone::verified).graph, TaskKind::open).empty());
}

}  // namespace
}  // namespace pghaul::plan
