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

/// orders → orders_2024 (partitioned) → its two halves; orders → orders_2025. With a key and an index.
class PartitionTasks : public testing::Test {
 protected:
  PartitionTasks()
      : target_(support::empty_target()),
        root_(source_.partitioned("orders")),
        middle_(source_.partitioned("orders_2024", root_)),
        leaves_{source_.partition("orders_2024a", middle_, 1_MiB), source_.partition("orders_2024b", middle_),
                source_.partition("orders_2025", root_, 1_MiB)},
        root_index_(source_.index(root_)),
        middle_index_(source_.index(middle_, root_index_)),
        leaf_indexes_{source_.index(leaves_[0], middle_index_), source_.index(leaves_[1], middle_index_),
                      source_.index(leaves_[2], root_index_)},
        root_key_(source_.key(root_)),
        leaf_key_(source_.key(leaves_[2], 'p', source_.index_of(root_key_))) {}

  TaskGraph graph() { return make_plan(source_.catalog, &target_, {.jobs = 2}).graph; }
  static TaskId one(const TaskGraph& graph, TaskKind kind, Place object) {
    const std::vector<TaskId> found = tasks_for(graph, kind, object);
    EXPECT_EQ(found.size(), 1U);
    return found.at(0);
  }

  CatalogBuilder source_;
  catalog::Server target_;
  Place root_, middle_;
  std::vector<Place> leaves_;
  Place root_index_, middle_index_;
  std::vector<Place> leaf_indexes_;
  Place root_key_, leaf_key_;
};

TEST_F(PartitionTasks, CopyLeavesOnly) {
  const TaskGraph all = graph();
  for (const Place leaf : leaves_) EXPECT_EQ(tasks_for(all, TaskKind::copy, leaf).size(), 1U);
  for (const Place parent : {root_, middle_}) EXPECT_TRUE(tasks_for(all, TaskKind::copy, parent).empty());
}

TEST_F(PartitionTasks, MakePartitionedIndexesAndKeysAtOnce) {
  const TaskGraph all = graph();
  EXPECT_TRUE(all.tasks[one(all, TaskKind::index, root_index_)].after.empty());
  EXPECT_TRUE(all.tasks[one(all, TaskKind::keys, root_key_)].after.empty());
  EXPECT_TRUE(tasks_for(all, TaskKind::index, source_.index_of(root_key_)).empty());
}

TEST_F(PartitionTasks, AttachAnIndexOnceItAndItsPartsStand) {
  const TaskGraph all = graph();
  const TaskId attach = one(all, TaskKind::attach_indexes, middle_index_);
  EXPECT_TRUE(waits_for(all, attach, one(all, TaskKind::index, middle_index_)));
  EXPECT_TRUE(waits_for(all, attach, one(all, TaskKind::index, leaf_indexes_[0])));
  EXPECT_TRUE(waits_for(all, attach, one(all, TaskKind::index, leaf_indexes_[1])));
  EXPECT_FALSE(waits_for(all, attach, one(all, TaskKind::index, leaf_indexes_[2])));
  EXPECT_EQ(locks_on(all.tasks[attach], middle_), std::vector{LockMode::share_update_exclusive});
  EXPECT_EQ(locks_on(all.tasks[attach], leaves_[0]), std::vector{LockMode::access_exclusive});
  EXPECT_TRUE(locks_on(all.tasks[attach], leaves_[2]).empty());
}

TEST_F(PartitionTasks, AttachAnIndexOnlyAfterWhatIsBelowIt) {
  const TaskGraph all = graph();
  const TaskId attach = one(all, TaskKind::attach_indexes, root_index_);
  EXPECT_TRUE(waits_for(all, attach, one(all, TaskKind::attach_indexes, middle_index_)));
  EXPECT_TRUE(waits_for(all, attach, one(all, TaskKind::index, leaf_indexes_[2])));
}

TEST_F(PartitionTasks, AttachAKeysIndexOnceThePartHasItsConstraint) {
  const TaskGraph all = graph();
  const TaskId attach = one(all, TaskKind::attach_indexes, source_.index_of(root_key_));
  EXPECT_TRUE(waits_for(all, attach, one(all, TaskKind::keys, root_key_)));
  EXPECT_TRUE(waits_for(all, attach, one(all, TaskKind::keys, leaf_key_)));
}

TEST_F(PartitionTasks, DoNotAttachAnInvalidPart) {
  source_.catalog.indexes[leaf_indexes_[2]].valid = false;
  const TaskGraph all = graph();
  EXPECT_TRUE(locks_on(all.tasks[one(all, TaskKind::attach_indexes, root_index_)], leaves_[2]).empty());
}

TEST_F(PartitionTasks, AnalyzeATreeFromItsRoot) {
  const TaskGraph all = graph();
  ASSERT_EQ(tasks_of(all, TaskKind::analyze).size(), 1U);
  const TaskId analyze = one(all, TaskKind::analyze, root_);
  for (const Place leaf : leaves_) {
    EXPECT_TRUE(waits_for(all, analyze, one(all, TaskKind::copy, leaf)));
    EXPECT_EQ(locks_on(all.tasks[analyze], leaf), std::vector{LockMode::share_update_exclusive});
  }
  EXPECT_TRUE(waits_for(all, analyze, one(all, TaskKind::index, leaf_indexes_[1])));
}

TEST_F(PartitionTasks, AnalyzeEachTableAloneWhereTheTargetCan) {
  target_.version = 180001;
  const TaskGraph all = graph();
  for (const Place leaf : leaves_) EXPECT_EQ(tasks_for(all, TaskKind::analyze, leaf).size(), 1U);
  const TaskId analyze = one(all, TaskKind::analyze, root_);
  EXPECT_TRUE(waits_for(all, analyze, one(all, TaskKind::copy, leaves_[0])));
  EXPECT_TRUE(locks_on(all.tasks[analyze], leaves_[0]).empty());
  EXPECT_FALSE(waits_for(all, one(all, TaskKind::analyze, middle_), one(all, TaskKind::copy, leaves_[2])));
}

TEST_F(PartitionTasks, CarryAParentsStatisticsOnceAllRowsBelowAreThere) {
  target_.version = 180001;
  source_.relation(root_).has_statistics = true;
  source_.relation(root_).estimated_rows = 20'000;
  const TaskGraph all = graph();
  EXPECT_TRUE(tasks_for(all, TaskKind::analyze, root_).empty());
  const TaskId carry = one(all, TaskKind::statistics, root_);
  for (const Place leaf : leaves_) EXPECT_TRUE(waits_for(all, carry, one(all, TaskKind::copy, leaf)));
  EXPECT_EQ(tasks_for(all, TaskKind::analyze, middle_).size(), 1U);
}

TEST_F(PartitionTasks, TreatAPartitionWithoutItsParentAsATable) {
  CatalogBuilder source;
  const Place leaf = source.table("orders_2025", 1_MiB);
  source.relation(leaf).parent = 12345;
  const TaskGraph all = make_plan(source.catalog, &target_, {.jobs = 2}).graph;
  EXPECT_EQ(tasks_for(all, TaskKind::analyze, leaf).size(), 1U);
}

}  // namespace
}  // namespace pghaul::plan
