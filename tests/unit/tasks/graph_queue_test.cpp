#include "tasks/graph_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "crew/crew.h"
#include "support/graphs.h"
#include "support/seed.h"

namespace pghaul::tasks {
namespace {

using support::task;

const crew::Worker::Endpoints kNoEnds;
const Error kRefused = {.code = ErrorCode::server_error, .message = "relation does not exist"};

TEST(GraphQueue, HasACrewDoEachTaskOnceAndAfterThoseThatItWaitsFor) {
  const plan::TaskGraph graph = support::random_graph(300, 5, support::seed_of_this_run());
  GraphQueue queue(graph);
  std::mutex mutex;
  std::set<plan::TaskId> done;
  crew::Crew crew(queue, 4, kNoEnds, [&](crew::Worker&, plan::TaskId id, const std::stop_token&) -> Status {
    const std::lock_guard lock(mutex);
    for (const plan::TaskId before : graph.tasks[id].after) EXPECT_TRUE(done.contains(before));
    EXPECT_TRUE(done.insert(id).second);
    return {};
  });
  EXPECT_TRUE(crew.run({}, [] {}));
  EXPECT_EQ(done.size(), graph.tasks.size());
}

TEST(GraphQueue, HasACrewStartNoTwoTasksWhoseLocksWouldWaitForEachOther) {
  plan::TaskGraph graph;
  for (int i = 0; i < 40; ++i) graph.add(task(1, {}, {{0, plan::LockMode::access_exclusive}}));
  GraphQueue queue(graph);
  std::atomic<int> at_once{0};
  crew::Crew crew(queue, 4, kNoEnds, [&](crew::Worker&, plan::TaskId, const std::stop_token&) -> Status {
    EXPECT_EQ(++at_once, 1);
    std::this_thread::yield();
    --at_once;
    return {};
  });
  EXPECT_TRUE(crew.run({}, [] {}));
}

TEST(GraphQueue, HandsATaskThatReadsOthersOutAgainOnceTheseAreDone) {
  plan::TaskGraph graph;
  const plan::TaskId reads = graph.add(task(2));
  const plan::TaskId makes = graph.add(task(1));
  graph.tasks[reads].reads_others = true;
  GraphQueue queue(graph);
  EXPECT_EQ(queue.next(), reads);
  EXPECT_TRUE(queue.postpone(reads, kRefused));
  EXPECT_EQ(queue.next(), makes);
  queue.finished(makes);
  EXPECT_EQ(queue.next(), reads);
  EXPECT_TRUE(queue.postpone(reads, kRefused));
  EXPECT_EQ(queue.next(), reads);
  EXPECT_FALSE(queue.postpone(reads, kRefused));  // nothing has finished since
}

TEST(GraphQueue, GivesNoSecondChanceWhereNoOtherTaskCouldHelp) {
  plan::TaskGraph graph;
  graph.add(task(1));
  GraphQueue queue(graph);
  ASSERT_EQ(queue.next(), 0U);
  EXPECT_FALSE(queue.postpone(0, kRefused));
}

TEST(GraphQueue, GivesNoSecondChanceAfterAFailureThatIsNoRefusal) {
  plan::TaskGraph graph;
  graph.add(task(1));
  graph.tasks[0].reads_others = true;
  GraphQueue queue(graph);
  ASSERT_EQ(queue.next(), 0U);
  EXPECT_FALSE(queue.postpone(0, {.code = ErrorCode::connection_lost, .message = "gone"}));
}

TEST(GraphQueue, HandsOutAgainWhatIsGivenBack) {
  plan::TaskGraph graph;
  graph.add(task(1));
  GraphQueue queue(graph);
  ASSERT_EQ(queue.next(), 0U);
  queue.give_back(0);
  EXPECT_EQ(queue.next(), 0U);
}

}  // namespace
}  // namespace pghaul::tasks
