#include "plan/scheduler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "support/graphs.h"

namespace pghaul::plan {
namespace {

using support::task;

constexpr LockMode kReads = LockMode::access_share;
constexpr LockMode kShares = LockMode::share;
constexpr LockMode kAlone = LockMode::access_exclusive;

TEST(Scheduler, StartsWithTheLongestRemainingPath) {
  TaskGraph graph;
  graph.add(task(5));
  const TaskId first_of_chain = graph.add(task(1));
  graph.add(task(9, {first_of_chain}));
  graph.add(task(7));
  Scheduler scheduler(graph);
  EXPECT_EQ(scheduler.next(), 1U);
  EXPECT_EQ(scheduler.next(), 3U);
  EXPECT_EQ(scheduler.next(), 0U);
  EXPECT_EQ(scheduler.next(), std::nullopt);  // the long one waits
  scheduler.finished(first_of_chain);
  EXPECT_EQ(scheduler.next(), 2U);
}

TEST(Scheduler, PrefersTheEarlierOfEqualTasks) {
  TaskGraph graph;
  for (int i = 0; i < 3; ++i) graph.add(task(1));
  Scheduler scheduler(graph);
  for (TaskId id = 0; id < 3; ++id) EXPECT_EQ(scheduler.next(), id);
}

TEST(Scheduler, GivesWhatWasPutBackToTheNext) {
  TaskGraph graph;
  const TaskId reader = graph.add(task(5));
  graph.tasks[reader].locks = {{7, kReads}};
  const TaskId alone = graph.add(task(1));
  graph.tasks[alone].locks = {{7, kAlone}};
  Scheduler scheduler(graph);
  ASSERT_EQ(scheduler.next(), reader);
  ASSERT_EQ(scheduler.next(), std::nullopt);  // the other one would wait for its lock
  scheduler.put_back(reader);
  EXPECT_EQ(scheduler.next(), reader);
  EXPECT_EQ(scheduler.next(), std::nullopt);
  scheduler.finished(reader);
  EXPECT_EQ(scheduler.next(), alone);
  scheduler.finished(alone);
  EXPECT_TRUE(scheduler.done());
}

TEST(Scheduler, WaitsForAllPredecessors) {
  TaskGraph graph;
  graph.add(task(1));
  graph.add(task(1));
  graph.add(task(1, {0, 1}));
  Scheduler scheduler(graph);
  EXPECT_TRUE(scheduler.next() && scheduler.next());
  scheduler.finished(1);
  EXPECT_EQ(scheduler.next(), std::nullopt);
  scheduler.finished(0);
  EXPECT_EQ(scheduler.next(), 2U);
}

TEST(Scheduler, StartsAPostponedTaskAgainWhenNothingElseIsLeft) {
  TaskGraph graph;
  graph.add(task(9, {}, {{0, kAlone}}));
  graph.add(task(2, {}, {{0, kAlone}}));
  graph.add(task(1));
  graph.add(task(1, {0}));
  Scheduler scheduler(graph);
  EXPECT_EQ(scheduler.next(), 0U);
  EXPECT_EQ(scheduler.next(), 2U);
  EXPECT_TRUE(scheduler.postpone(0));
  EXPECT_EQ(scheduler.next(), 1U);  // its lock is free
  EXPECT_EQ(scheduler.next(), std::nullopt);
  scheduler.finished(1);
  EXPECT_EQ(scheduler.next(), std::nullopt);  // 2 may make what it lacks
  scheduler.finished(2);
  EXPECT_EQ(scheduler.next(), 0U);
  scheduler.finished(0);
  EXPECT_EQ(scheduler.next(), 3U);
  scheduler.finished(3);
  EXPECT_TRUE(scheduler.done());
}

TEST(Scheduler, GivesATaskUpThatFailsAgainWithNothingDoneMeanwhile) {
  TaskGraph graph;
  graph.add(task(9));
  graph.add(task(8));
  graph.add(task(1));
  Scheduler scheduler(graph);
  EXPECT_EQ(scheduler.next(), 0U);
  EXPECT_TRUE(scheduler.postpone(0));
  EXPECT_EQ(scheduler.next(), 1U);
  EXPECT_TRUE(scheduler.postpone(1));
  EXPECT_EQ(scheduler.next(), 2U);
  scheduler.finished(2);
  EXPECT_EQ(scheduler.next(), 0U);
  EXPECT_TRUE(scheduler.postpone(0));
  EXPECT_EQ(scheduler.next(), 1U);
  scheduler.finished(1);
  EXPECT_EQ(scheduler.next(), 0U);
  EXPECT_TRUE(scheduler.postpone(0));  // 1 has been finished since
  EXPECT_EQ(scheduler.next(), 0U);
  EXPECT_FALSE(scheduler.postpone(0));
}

TEST(Scheduler, PassesOverATaskThatWouldWaitForALock) {
  TaskGraph graph;
  graph.add(task(9, {}, {{0, kReads}}));
  graph.add(task(8, {}, {{0, kAlone}}));
  graph.add(task(1, {}, {{1, kAlone}}));
  Scheduler scheduler(graph);
  EXPECT_EQ(scheduler.next(), 0U);
  EXPECT_EQ(scheduler.next(), 2U);
  EXPECT_EQ(scheduler.next(), std::nullopt);
  scheduler.finished(0);
  EXPECT_EQ(scheduler.next(), 1U);
}

TEST(Scheduler, RunsSideBySideWhatDoesNotConflict) {
  TaskGraph graph;
  for (int i = 0; i < 4; ++i) graph.add(task(1, {}, {{0, kShares}}));
  graph.add(task(1, {}, {{0, kReads}}));
  Scheduler scheduler(graph);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(scheduler.next());
}

TEST(Scheduler, LetsAllWaitersInOnceTheyCan) {
  TaskGraph graph;
  graph.add(task(9, {}, {{0, kAlone}}));
  for (int i = 0; i < 3; ++i) graph.add(task(1, {}, {{0, kShares}, {1, kReads}}));
  Scheduler scheduler(graph);
  EXPECT_EQ(scheduler.next(), 0U);
  EXPECT_EQ(scheduler.next(), std::nullopt);
  scheduler.finished(0);
  for (TaskId id = 1; id <= 3; ++id) EXPECT_EQ(scheduler.next(), id);
}

TEST(Scheduler, LetsTheMoreUrgentWaiterInFirst) {
  TaskGraph graph;
  graph.add(task(9, {}, {{0, kAlone}}));
  graph.add(task(1, {}, {{0, kAlone}}));
  graph.add(task(2, {}, {{0, kAlone}}));
  Scheduler scheduler(graph);
  EXPECT_EQ(scheduler.next(), 0U);
  EXPECT_EQ(scheduler.next(), std::nullopt);
  scheduler.finished(0);
  EXPECT_EQ(scheduler.next(), 2U);
}

TEST(Scheduler, LetsATaskLockTheSameRelationTwice) {
  TaskGraph graph;
  graph.add(task(1, {}, {{0, kAlone}, {0, kReads}}));
  graph.add(task(1, {}, {{0, kReads}}));
  Scheduler scheduler(graph);
  EXPECT_EQ(scheduler.next(), 0U);
  EXPECT_EQ(scheduler.next(), std::nullopt);
  scheduler.finished(0);
  EXPECT_EQ(scheduler.next(), 1U);
}

/// Runs a graph with workers that finish in random order, and judges every step.
class RandomRun : public testing::TestWithParam<std::uint64_t> {
 protected:
  void run(const TaskGraph& graph, std::size_t workers) {
    std::mt19937_64 random(GetParam());
    Scheduler scheduler(graph);
    finished_.assign(graph.tasks.size(), false);
    started_.assign(graph.tasks.size(), false);
    while (!scheduler.done()) {
      while (running_.size() < workers) {
        const std::optional<TaskId> id = scheduler.next();
        if (!id) break;
        judge_start(graph, *id);
      }
      if (running_.size() < workers) judge_refusal(graph);
      ASSERT_FALSE(running_.empty());
      const auto ends = running_.begin() + static_cast<std::ptrdiff_t>(random() % running_.size());
      scheduler.finished(*ends);
      finished_[*ends] = true;
      running_.erase(ends);
    }
    EXPECT_EQ(std::ranges::count(finished_, false), 0);
  }

 private:
  [[nodiscard]] bool could_start(const TaskGraph& graph, TaskId id) const {
    const Task& task = graph.tasks[id];
    const auto blocks = [](const Task& one, const Task& other) {
      for (const RelationLock& a : one.locks) {
        for (const RelationLock& b : other.locks) {
          if (a.relation == b.relation && conflict(a.mode, b.mode)) return true;
        }
      }
      return false;
    };
    return std::ranges::all_of(task.after, [&](TaskId before) { return finished_[before]; }) &&
           std::ranges::none_of(running_, [&](TaskId other) { return blocks(task, graph.tasks[other]); });
  }
  void judge_start(const TaskGraph& graph, TaskId id) {
    ASSERT_FALSE(started_[id]);
    ASSERT_TRUE(could_start(graph, id));
    const std::vector<double> remaining = graph.remaining_paths();
    for (TaskId other = 0; other < graph.tasks.size(); ++other) {
      const bool is_more_urgent = !started_[other] && remaining[other] > remaining[id];
      ASSERT_FALSE(is_more_urgent && could_start(graph, other));
    }
    started_[id] = true;
    running_.push_back(id);
  }
  void judge_refusal(const TaskGraph& graph) {
    for (TaskId id = 0; id < graph.tasks.size(); ++id) {
      ASSERT_FALSE(!started_[id] && could_start(graph, id));
    }
  }

  std::vector<bool> finished_;
  std::vector<bool> started_;
  std::vector<TaskId> running_;
};

TEST_P(RandomRun, AlwaysTakesTheMostUrgentTaskThatCanStartAndFinishesAll) {
  run(support::random_graph(150, 6, GetParam()), 1 + GetParam() % 7);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomRun, testing::Range<std::uint64_t>(0, 40));

TEST(Scheduler, FinishesThousandsOfTasksThatAllWantTheSameTable) {
  TaskGraph graph;
  for (catalog::Place i = 1; i <= 20'000; ++i) graph.add(task(1, {}, {{i, kShares}, {0, kAlone}}));
  Scheduler scheduler(graph);
  while (!scheduler.done()) {
    const std::optional<TaskId> id = scheduler.next();
    ASSERT_TRUE(id);
    ASSERT_FALSE(scheduler.next());
    scheduler.finished(*id);
  }
}

}  // namespace
}  // namespace pghaul::plan
