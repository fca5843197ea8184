#include "crew/crew.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "support/graphs.h"
#include "support/seed.h"
#include "tasks/graph_queue.h"

namespace pghaul::crew {
namespace {

constexpr int kRounds = 200;
constexpr int kWorkers = 8;

const Worker::Endpoints kNoEnds;

TEST(CrewUnderStress, DoesEachTaskOnceThoughWorkersRetireAndTasksArePostponed) {
  const std::uint64_t seed = support::seed_of_this_run();
  for (int round = 0; round < kRounds; ++round) {
    plan::TaskGraph graph = support::random_graph(100, 5, seed + static_cast<std::uint64_t>(round));
    for (plan::Task& task : graph.tasks) task.reads_others = true;
    std::vector<std::atomic<int>> attempts(graph.tasks.size());
    std::vector<std::atomic<int>> done(graph.tasks.size());
    tasks::GraphQueue queue(graph);
    Crew crew(queue, kWorkers, kNoEnds, [&](Worker& worker, ItemId item, const std::stop_token&) -> Status {
      const bool first = ++attempts[item] == 1;
      if (first && item % 10 == 3 && worker.number() > 0) {
        worker.retire();
        return fail(ErrorCode::connection_failed, "no session");
      }
      if (first && item % 10 == 7) return fail(ErrorCode::server_error, "not yet");
      ++done[item];
      return {};
    });
    EXPECT_TRUE(crew.run({}, [] {}));
    for (const std::atomic<int>& times : done) EXPECT_EQ(times, 1);
  }
}

TEST(CrewUnderStress, GivesTheFirstFailureWhereverOneHappens) {
  std::mt19937_64 random(support::seed_of_this_run());
  for (int round = 0; round < kRounds; ++round) {
    const plan::TaskGraph graph = support::random_graph(100, 5, random());
    const ItemId fails = static_cast<ItemId>(random() % graph.tasks.size());
    tasks::GraphQueue queue(graph);
    Crew crew(queue, kWorkers, kNoEnds, [&](Worker&, ItemId item, const std::stop_token& stop) -> Status {
      if (item == fails) return fail(ErrorCode::server_error, "the first failure");
      return stop.stop_requested() ? fail(ErrorCode::interrupted, "gave up") : Status{};
    });
    const Status ran = crew.run({}, [] {});
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().message, "the first failure");
  }
}

TEST(CrewUnderStress, HearsAStopWheneverItComes) {
  std::mt19937_64 random(support::seed_of_this_run());
  for (int round = 0; round < kRounds; ++round) {
    const plan::TaskGraph graph = support::random_graph(100, 5, random());
    const std::size_t stops_at = random() % graph.tasks.size();
    std::atomic<std::size_t> begun{0};
    std::stop_source stop;
    tasks::GraphQueue queue(graph);
    Crew crew(queue, kWorkers, kNoEnds, [&](Worker&, ItemId, const std::stop_token& give_up) -> Status {
      if (begun++ == stops_at) stop.request_stop();
      if (begun > stops_at) {
        while (!give_up.stop_requested()) std::this_thread::yield();
      }
      return {};
    });
    EXPECT_EQ(crew.run(stop.get_token(), [] {}).error().code, ErrorCode::interrupted);
  }
}

}  // namespace
}  // namespace pghaul::crew
