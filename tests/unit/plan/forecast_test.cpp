#include "plan/forecast.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/graphs.h"

namespace pghaul::plan {
namespace {

using support::longest_path;
using support::random_graph;
using support::task;

constexpr double kEnough = 64;  // cores

TEST(Forecast, OfNothingIsNothing) {
  EXPECT_EQ(forecast({}, 2, 2).seconds, 0);
}

TEST(Forecast, OfOneWorkerIsTheSumOfAllWork) {
  const TaskGraph graph = random_graph(100, 5, 1);
  EXPECT_NEAR(forecast(graph, 1, kEnough).seconds, graph.total_seconds(), 1e-9);
}

TEST(Forecast, OverlapsIndependentTasks) {
  TaskGraph graph;
  for (const double seconds : {3.0, 2.0, 2.0}) graph.add(task(seconds));
  EXPECT_DOUBLE_EQ(forecast(graph, 2, kEnough).seconds, 4);  // 3 | 2, then 2 after the first 2
  EXPECT_DOUBLE_EQ(forecast(graph, 3, kEnough).seconds, 3);
}

TEST(Forecast, WaitsForPredecessorsAndLocks) {
  TaskGraph graph;
  const TaskId copy = graph.add(task(4));
  graph.add(task(3, {copy}, {{0, LockMode::share}}));
  graph.add(task(2, {copy}, {{0, LockMode::access_exclusive}}));
  EXPECT_DOUBLE_EQ(forecast(graph, 2, kEnough).seconds, 9);
}

TEST(Forecast, SharesCoresAmongRunningTasks) {
  TaskGraph graph;
  graph.add(task(2));
  graph.add(task(4));
  // Both at half speed until the first ends at 4; then 2 seconds are left of the second, at full speed.
  EXPECT_DOUBLE_EQ(forecast(graph, 2, 1).seconds, 6);
  EXPECT_DOUBLE_EQ(forecast(graph, 2, 1.5).seconds, 2 * 2 / 1.5 + 2);
}

TEST(Forecast, IsNeverBelowTheLongestPathNorTheEvenShareOfAllWork) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const TaskGraph graph = random_graph(200, 8, seed);
    for (const int workers : {1, 2, 3, 8}) {
      for (const double cores : {1.0, 2.0, kEnough}) {
        const double seconds = forecast(graph, workers, cores).seconds;
        EXPECT_GE(seconds, longest_path(graph) - 1e-6) << "seed " << seed;
        EXPECT_GE(seconds, graph.total_seconds() / std::min<double>(workers, cores) - 1e-6)
            << "seed " << seed;
        EXPECT_LE(seconds, graph.total_seconds() * std::max(1.0, workers / cores) + 1e-6) << "seed " << seed;
      }
    }
  }
}

// More workers may take longer by a little (R. L. Graham, 1966), but never beyond his bound for any order.
TEST(Forecast, WithoutLocksStaysWithinTheBoundOfListScheduling) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const TaskGraph graph = random_graph(200, 0, seed);
    for (const int workers : {2, 3, 8, 32}) {
      const double share = graph.total_seconds() / workers;
      const double bound = share + (1 - 1.0 / workers) * longest_path(graph);
      EXPECT_LE(forecast(graph, workers, kEnough).seconds, bound + 1e-6) << "seed " << seed;
    }
  }
}

TEST(Forecast, OfIndependentTasksNeverGrowsWithWorkers) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    TaskGraph graph = random_graph(60, 0, seed);
    for (Task& one : graph.tasks) one.after.clear();
    for (int workers = 1; workers < 40; ++workers) {
      EXPECT_LE(forecast(graph, workers + 1, kEnough).seconds,
                forecast(graph, workers, kEnough).seconds + 1e-6)
          << "seed " << seed;
    }
  }
}

TEST(Forecast, NeverGrowsWithCoresWhenWorkersAreTheSame) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const TaskGraph graph = random_graph(100, 0, seed);
    EXPECT_LE(forecast(graph, 1, 2).seconds, forecast(graph, 1, 1).seconds + 1e-6);
    EXPECT_LE(forecast(graph, 4, kEnough).seconds, forecast(graph, 4, 1).seconds + 1e-6) << "seed " << seed;
  }
}

TEST(Forecast, IsTheSameEveryTime) {
  const TaskGraph graph = random_graph(500, 10, 7);
  EXPECT_EQ(forecast(graph, 4, 2.5).seconds, forecast(graph, 4, 2.5).seconds);
}

Task loading(double seconds, Load load) {
  Task one = task(seconds);
  one.load = load;
  return one;
}

TEST(Forecast, SharesEachMachineAmongThoseWhoWorkOnIt) {
  TaskGraph graph;
  graph.add(loading(3, {.source = 1, .target = 0, .client = 0}));
  graph.add(loading(3, {.source = 0, .target = 1, .client = 0}));
  EXPECT_DOUBLE_EQ(forecast(graph, 2, Machines(1, 1, 1)).seconds, 3);  // one machine each
  EXPECT_DOUBLE_EQ(forecast(graph, 2, 1).seconds, 6);                  // both on one core
  Machines joined(1, 1, 4);
  joined.join(Party::source, Party::client);
  EXPECT_DOUBLE_EQ(forecast(graph, 2, joined).seconds, 3);  // the target's is its own still
}

TEST(Forecast, IsAsSlowAsTheSlowestMachineOfATask) {
  TaskGraph graph;
  for (int i = 0; i < 2; ++i) graph.add(loading(2, {.source = 0.5, .target = 1, .client = 0}));
  // The target has one core for the two who want one each; the source's half a core each is there.
  EXPECT_DOUBLE_EQ(forecast(graph, 2, Machines(1, 1, 1)).seconds, 4);
  EXPECT_DOUBLE_EQ(forecast(graph, 2, Machines(1, 2, 1)).seconds, 2);
}

TEST(Forecast, WhoNeedsHalfACoreIsNotSlowedByAnother) {
  TaskGraph graph;
  for (int i = 0; i < 2; ++i) graph.add(loading(2, {.source = 0, .target = 0.5, .client = 0}));
  EXPECT_DOUBLE_EQ(forecast(graph, 2, Machines(1, 1, 1)).seconds, 2);
}

TEST(Forecast, NamesTheChainThatDecides) {
  TaskGraph graph;
  const TaskId copy = graph.add(task(4));
  const TaskId other = graph.add(task(1));
  const TaskId index = graph.add(task(3, {copy}));
  const TaskId last = graph.add(task(2, {index}));
  static_cast<void>(other);
  EXPECT_EQ(forecast(graph, 2, kEnough).critical_chain(), (std::vector<TaskId>{copy, index, last}));
  EXPECT_TRUE(forecast({}, 2, kEnough).critical_chain().empty());
}

TEST(Forecast, OfAChainLeavesNoGaps) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const TaskGraph graph = random_graph(200, 8, seed);
    const Forecast done = forecast(graph, 4, 2);
    double end = 0;
    for (const TaskId id : done.critical_chain()) {
      EXPECT_NEAR(done.spans[id].start, end, 1e-9) << "seed " << seed;
      end = done.spans[id].end;
    }
    EXPECT_NEAR(end, done.seconds, 1e-9);
  }
}

}  // namespace
}  // namespace pghaul::plan
