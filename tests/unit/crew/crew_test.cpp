#include "crew/crew.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <mutex>
#include <new>
#include <set>
#include <thread>
#include <vector>

#include "base/wait_for.h"
#include "crew/item_list.h"

namespace pghaul::crew {
namespace {

/// Longer than any test: a wait that only a stop ends.
constexpr std::chrono::hours kForever{24};

/// No worker of these tests asks for a connection.
const Worker::Endpoints kNoEnds;

/// Hands out an item a second time after it has failed.
class SecondChance : public ItemList {
 public:
  using ItemList::ItemList;
  bool postpone(ItemId item, const Error&) override {
    const bool first = failed_.insert(item).second;
    if (first) give_back(item);
    return first;
  }

 private:
  std::set<ItemId> failed_;
};

TEST(Crew, ExecutesEachItemOnce) {
  ItemList work(std::vector<double>(300, 1.0));
  std::mutex mutex;
  std::multiset<ItemId> done;
  Crew crew(work, 4, kNoEnds, [&](Worker&, ItemId item, const std::stop_token&) -> Status {
    const std::lock_guard lock(mutex);
    done.insert(item);
    return {};
  });
  EXPECT_TRUE(crew.run({}, [] {}));
  EXPECT_EQ(done.size(), 300U);
  EXPECT_EQ(std::set<ItemId>(done.begin(), done.end()).size(), 300U);
}

TEST(Crew, HasItsWorkersWorkSideBySide) {
  ItemList work({1, 1, 1});
  std::latch all_at_work(3);
  Crew crew(work, 3, kNoEnds, [&](Worker&, ItemId, const std::stop_token&) -> Status {
    all_at_work.arrive_and_wait();  // would wait for ever if one came after the other
    return {};
  });
  EXPECT_TRUE(crew.run({}, [] {}));
}

TEST(Crew, StopsTheOthersAtTheFirstFailureAndGivesThatOne) {
  constexpr ItemId kFails = 0;
  ItemList work({4, 3, 2, 1});
  std::latch both_at_work(2);
  std::atomic<int> executed{0};
  Crew crew(work, 2, kNoEnds, [&](Worker&, ItemId item, const std::stop_token& give_up) -> Status {
    ++executed;
    both_at_work.arrive_and_wait();
    if (item == kFails) return fail(ErrorCode::server_error, "the first failure");
    EXPECT_FALSE(wait_for(kForever, give_up));
    return fail(ErrorCode::interrupted, "gave up");
  });
  const Status done = crew.run({}, [] {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "the first failure");
  EXPECT_EQ(executed, 2);
}

TEST(Crew, GivesUpWhenItIsStopped) {
  ItemList work({1, 1});
  std::stop_source stop;
  std::atomic<int> executed{0};
  Crew crew(work, 1, kNoEnds, [&](Worker&, ItemId, const std::stop_token& give_up) -> Status {
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
  ItemList work({1});
  std::stop_source stop;
  Crew crew(work, 1, kNoEnds, [&](Worker&, ItemId, const std::stop_token&) -> Status {
    stop.request_stop();
    return fail(ErrorCode::connection_lost, "cancelled");
  });
  EXPECT_EQ(crew.run(stop.get_token(), [] {}).error().code, ErrorCode::interrupted);
}

TEST(Crew, TicksWhileItsWorkersWork) {
  ItemList work({1});
  std::latch ticked(1);
  std::once_flag once;
  Crew crew(work, 1, kNoEnds, [&](Worker&, ItemId, const std::stop_token&) -> Status {
    ticked.wait();
    return {};
  });
  EXPECT_TRUE(crew.run({}, [&] { std::call_once(once, [&] { ticked.count_down(); }); }));
}

TEST(Crew, FailsWhereAnItemThrows) {
  ItemList work({1, 1});
  std::atomic<int> executed{0};
  Crew crew(work, 2, kNoEnds, [&](Worker&, ItemId, const std::stop_token& give_up) -> Status {
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
  ItemList work({1});
  Crew crew(work, 1, kNoEnds, [&](Worker&, ItemId, const std::stop_token& give_up) -> Status {
    while (!give_up.stop_requested()) std::this_thread::yield();
    return {};
  });
  const Status done = crew.run({}, []() -> void { throw std::bad_alloc(); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::system);
}

TEST(Crew, FailsAsItIsTold) {
  ItemList work({1});
  Crew crew(work, 1, kNoEnds, [&](Worker&, ItemId, const std::stop_token& give_up) -> Status {
    crew.fail_with({.code = ErrorCode::system, .message = "unwatched"});
    while (!give_up.stop_requested()) std::this_thread::yield();
    return {};
  });
  EXPECT_EQ(crew.run({}, [] {}).error().message, "unwatched");
}

TEST(Crew, IsDoneAtOnceWithNothingToDo) {
  ItemList work({});
  Crew crew(work, 2, kNoEnds, [](Worker&, ItemId, const std::stop_token&) -> Status {
    ADD_FAILURE();
    return {};
  });
  EXPECT_TRUE(crew.run({}, [] {}));
}

TEST(Crew, DoesAnItemAgainThatTheQueuePostpones) {
  SecondChance work({1});
  int executed = 0;
  Crew crew(work, 1, kNoEnds, [&](Worker&, ItemId, const std::stop_token&) -> Status {
    if (++executed == 1) return fail(ErrorCode::server_error, "not yet");
    return {};
  });
  EXPECT_TRUE(crew.run({}, [] {}));
  EXPECT_EQ(executed, 2);
}

TEST(Crew, FailsWhereTheQueueGivesNoFurtherChance) {
  SecondChance work({1});
  Crew crew(work, 1, kNoEnds, [&](Worker&, ItemId, const std::stop_token&) -> Status {
    return fail(ErrorCode::server_error, "never");
  });
  EXPECT_EQ(crew.run({}, [] {}).error().message, "never");
}

TEST(Crew, HasAnotherWorkerDoTheItemOfOneThatRetires) {
  ItemList work({2, 1});
  std::latch both_at_work(2);
  std::atomic<int> retired{-1};
  std::atomic<int> done_by{-1};
  Crew crew(work, 2, kNoEnds, [&](Worker& worker, ItemId item, const std::stop_token&) -> Status {
    if (retired < 0) both_at_work.arrive_and_wait();
    if (item != 0) return {};
    if (retired < 0) {
      retired = worker.number();
      worker.retire();
      return fail(ErrorCode::connection_failed, "no session");
    }
    done_by = worker.number();
    return {};
  });
  EXPECT_TRUE(crew.run({}, [] {}));
  EXPECT_EQ(done_by, 1 - retired);
}

}  // namespace
}  // namespace pghaul::crew
