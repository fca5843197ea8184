#include "plan/task_graph.h"

#include <gtest/gtest.h>

#include "support/graphs.h"

namespace pghaul::plan {
namespace {

using support::task;

TEST(TaskGraph, KnowsTheLongestChainThatWaitsForEachTask) {
  TaskGraph graph;
  const TaskId copy = graph.add(task(4));
  const TaskId quick = graph.add(task(1, {copy}));
  const TaskId slow = graph.add(task(3, {copy}));
  const TaskId last = graph.add(task(2, {quick, slow}));
  const std::vector<double> remaining = graph.remaining_paths();
  EXPECT_DOUBLE_EQ(remaining[last], 2);
  EXPECT_DOUBLE_EQ(remaining[slow], 5);
  EXPECT_DOUBLE_EQ(remaining[quick], 3);
  EXPECT_DOUBLE_EQ(remaining[copy], 9);
  EXPECT_DOUBLE_EQ(graph.total_seconds(), 10);
}

TEST(TaskGraph, GivesEachTaskAnIdThatItsCopiesKeep) {
  TaskGraph graph;
  graph.add(task(1));
  const TaskId second = graph.add(task(2));
  const Task copied = graph.tasks[second];
  EXPECT_EQ(graph.tasks[0].id, 0U);
  EXPECT_EQ(copied.id, second);
  TaskGraph other;
  other.add(copied);
  EXPECT_EQ(other.tasks[0].id, 0U);
}

TEST(LockMode, ConflictsAreMutual) {
  for (std::uint8_t one = 0; one < kLockModes; ++one) {
    for (std::uint8_t other = 0; other < kLockModes; ++other) {
      EXPECT_EQ(conflict(LockMode{one}, LockMode{other}), conflict(LockMode{other}, LockMode{one}));
    }
  }
}

TEST(LockMode, ConflictsAreThoseOfTheManual) {
  EXPECT_FALSE(conflict(LockMode::share, LockMode::share));
  EXPECT_FALSE(conflict(LockMode::access_share, LockMode::share_row_exclusive));
  EXPECT_FALSE(conflict(LockMode::row_exclusive, LockMode::row_exclusive));
  EXPECT_FALSE(conflict(LockMode::row_exclusive, LockMode::share_update_exclusive));
  EXPECT_TRUE(conflict(LockMode::row_exclusive, LockMode::share));
  EXPECT_TRUE(conflict(LockMode::share_update_exclusive, LockMode::share_update_exclusive));
  EXPECT_TRUE(conflict(LockMode::share_row_exclusive, LockMode::share_row_exclusive));
  EXPECT_TRUE(conflict(LockMode::access_exclusive, LockMode::access_share));
}

TEST(TaskKind, HasAName) {
  for (int kind = 0; kind <= static_cast<int>(TaskKind::refresh); ++kind) {
    EXPECT_STRNE(task_kind_name(static_cast<TaskKind>(kind)), "unknown") << kind;
  }
}

}  // namespace
}  // namespace pghaul::plan
