#include "crew/crew.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <new>
#include <set>
#include <thread>

#include "base/wait_for.h"
#include "support/graphs.h"
#include "support/seed.h"

namespace pghaul::crew {
namespace {

using support::task;

/// Longer than any test: a wait that only a stop ends.
constexpr std::chrono::hours kForever{24};

/// No worker of these tests asks for a connection.
const Worker::Ends kNoEnds;

plan::TaskId id_in(const plan::TaskGraph& graph, const plan::Task& task) {
  return static_cast<plan::TaskId>(&task - graph.tasks.data());
}

TEST(Crew, ExecutesEachTaskOnceAndAfterThoseThatItWaitsFor) {
  const plan::TaskGraph graph = support::random_graph(300, 5, support::seed_of_this_run());
  std::mutex mutex;
  std::set<plan::TaskId> done;
  Crew crew(graph, 4, kNoEnds, [&](Worker&, const plan::Task& task, const std::stop_token&) -> Status {
    const std::lock_guard lock(mutex);
    for (const plan::TaskId before : task.after) EXPECT_TRUE(done.contains(before));
    EXPECT_TRUE(done.insert(id_in(graph, task)).second);
    return {};
  });
  EXPECT_TRUE(crew.run({}, [] {}));
  EXPECT_EQ(done.size(), graph.tasks.size());
}

TEST(Crew, HasItsWorkersWorkSideBySide) {
  plan::TaskGraph graph;
  for (int i = 0; i < 3; ++i) graph.add(task(1));
  std::latch all_at_work(3);
  Crew crew(graph, 3, kNoEnds, [&](Worker&, const plan::Task&, const std::stop_token&) -> Status {
    all_at_work.arrive_and_wait();  // would wait for ever if one came after the other
    return {};
  });
  EXPECT_TRUE(crew.run({}, [] {}));
}

TEST(Crew, StopsTheOthersAtTheFirstFailureAndGivesThatOne) {
  plan::TaskGraph graph;
  const plan::TaskId fails = graph.add(task(1));
  const plan::TaskId waits = graph.add(task(1));
  graph.add(task(1, {fails}));
  graph.add(task(1, {waits}));
  std::latch both_at_work(2);
  std::atomic<int> executed{0};
  Crew crew(graph, 2, kNoEnds, [&](Worker&, const plan::Task& one, const std::stop_token& give_up) -> Status {
    ++executed;
    both_at_work.arrive_and_wait();
    if (id_in(graph, one) == fails) return fail(ErrorCode::server_error, "the first failure");
    EXPECT_FALSE(wait_for(kForever, give_up));
    return fail(ErrorCode::interrupted, "gave up");
  });
  const Status done = crew.run({}, [] {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "the first failure");
  EXPECT_EQ(executed, 2);
}

TEST(Crew, GivesUpWhenItIsStopped) {
  plan::TaskGraph graph;
  const plan::TaskId first = graph.add(task(1));
  graph.add(task(1, {first}));
  std::stop_source stop;
  std::atomic<int> executed{0};
  Crew crew(graph, 2, kNoEnds, [&](Worker&, const plan::Task&, const std::stop_token& give_up) -> Status {
    ++executed;
    stop.request_stop();
    EXPECT_FALSE(wait_for(kForever, give_up));
    return {};
  });
  const Status done = crew.run(stop.get_token(), [] {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::interrupted);
  EXPECT_EQ(executed, 1);
}

TEST(Crew, IsInterruptedRatherThanFailedWhereAStopMadeTheTasksFail) {
  plan::TaskGraph graph;
  graph.add(task(1));
  std::stop_source stop;
  Crew crew(graph, 1, kNoEnds, [&](Worker&, const plan::Task&, const std::stop_token&) -> Status {
    stop.request_stop();
    return fail(ErrorCode::connection_lost, "cancelled");
  });
  EXPECT_EQ(crew.run(stop.get_token(), [] {}).error().code, ErrorCode::interrupted);
}

TEST(Crew, TicksWhileItsWorkersWork) {
  plan::TaskGraph graph;
  graph.add(task(1));
  std::latch ticked(1);
  std::once_flag once;
  Crew crew(graph, 1, kNoEnds, [&](Worker&, const plan::Task&, const std::stop_token&) -> Status {
    ticked.wait();
    return {};
  });
  EXPECT_TRUE(crew.run({}, [&] { std::call_once(once, [&] { ticked.count_down(); }); }));
}

TEST(Crew, FailsWhereATaskThrows) {
  plan::TaskGraph graph;
  graph.add(task(1));
  graph.add(task(1));
  std::atomic<int> executed{0};
  Crew crew(graph, 2, kNoEnds, [&](Worker&, const plan::Task&, const std::stop_token& give_up) -> Status {
    if (++executed == 1) throw std::bad_alloc();
    while (!give_up.stop_requested()) std::this_thread::yield();
    return {};
  });
  const Status done = crew.run({}, [] {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::system);
  EXPECT_EQ(done.error().message, "out of memory while working");
}

TEST(Crew, FailsWhereWhoWatchesItThrows) {
  plan::TaskGraph graph;
  graph.add(task(1));
  Crew crew(graph, 1, kNoEnds, [&](Worker&, const plan::Task&, const std::stop_token& give_up) -> Status {
    while (!give_up.stop_requested()) std::this_thread::yield();
    return {};
  });
  const Status done = crew.run({}, []() -> void { throw std::bad_alloc(); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::system);
}

TEST(Crew, FailsAsItIsTold) {
  plan::TaskGraph graph;
  graph.add(task(1));
  Crew crew(graph, 1, kNoEnds, [&](Worker&, const plan::Task&, const std::stop_token& give_up) -> Status {
    crew.fail_with({.code = ErrorCode::system, .message = "unwatched"});
    while (!give_up.stop_requested()) std::this_thread::yield();
    return {};
  });
  EXPECT_EQ(crew.run({}, [] {}).error().message, "unwatched");
}

TEST(Crew, IsDoneAtOnceWithNothingToDo) {
  const plan::TaskGraph graph;
  Crew crew(graph, 2, kNoEnds, [](Worker&, const plan::Task&, const std::stop_token&) -> Status {
    ADD_FAILURE();
    return {};
  });
  EXPECT_TRUE(crew.run({}, [] {}));
}

TEST(Crew, StartsNoTwoTasksWhoseLocksWouldWaitForEachOther) {
  plan::TaskGraph graph;
  for (int i = 0; i < 40; ++i) graph.add(task(1, {}, {{0, plan::LockMode::access_exclusive}}));
  std::atomic<int> at_once{0};
  Crew crew(graph, 4, kNoEnds, [&](Worker&, const plan::Task&, const std::stop_token&) -> Status {
    EXPECT_EQ(++at_once, 1);
    std::this_thread::yield();
    --at_once;
    return {};
  });
  EXPECT_TRUE(crew.run({}, [] {}));
}

}  // namespace
}  // namespace pghaul::crew
