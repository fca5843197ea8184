#include "crew/crew.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <chrono>
#include <latch>

#include "crew/item_list.h"
#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using namespace std::chrono_literals;
using crew::Crew;
using crew::ItemId;
using crew::ItemList;
using crew::Worker;
using postgres::Side;

/// A clock that stands still until the test moves it.
class TestClock {
 public:
  [[nodiscard]] Crew::Now now() {
    return [this] { return std::chrono::steady_clock::time_point(milliseconds_.load()); };
  }
  void advance(std::chrono::milliseconds time) { milliseconds_ = milliseconds_.load() + time; }

 private:
  std::atomic<std::chrono::milliseconds> milliseconds_{0ms};
};

class CrewByScript : public testing::Test {
 protected:
  ScriptedLibpq server;
  TestClock clock;
  const Worker::Endpoints ends;
};

TEST_F(CrewByScript, HasAWorkerLeaveItsSessionsAfterFiveSecondsWithoutWork) {
  constexpr ItemId kShort = 0;
  server.expect_opening();
  ItemList work({2, 1});
  std::latch both_at_work(2);
  std::latch opened(1);
  std::latch session_left(1);
  Crew crew(
      work, 2, ends,
      [&](Worker& worker, ItemId item, const std::stop_token&) -> Status {
        both_at_work.arrive_and_wait();
        if (item == kShort) {
          EXPECT_TRUE(worker.target());
          opened.count_down();
        } else {
          session_left.wait();
        }
        return {};
      },
      clock.now());
  int seconds = 0;
  bool left = false;
  EXPECT_TRUE(crew.run({}, [&] {
    opened.wait();
    if (left) return;
    left = crew.lifelines(Side::target).empty();
    if (left) return session_left.count_down();
    clock.advance(1s);
    ++seconds;
  }));
  EXPECT_GE(seconds, 5);
}

TEST_F(CrewByScript, BreaksConnectionsOneSecondAfterAStopThatTheyDoNotHear) {
  server.expect_opening();
  ItemList work({1});
  std::stop_source stop;
  Crew crew(
      work, 1, ends,
      [&](Worker& worker, ItemId, const std::stop_token&) -> Status {
        EXPECT_TRUE(worker.target());
        stop.request_stop();
        pollfd socket{server.client_socket(), POLLIN, 0};
        poll(&socket, 1, -1);  // until it is broken off
        return fail(ErrorCode::connection_lost, "broken off");
      },
      clock.now());
  const auto broken = [&] {
    pollfd socket{server.client_socket(), POLLIN, 0};
    return poll(&socket, 1, 0) == 1;
  };
  int ticks = 0;
  const Status ran = crew.run(stop.get_token(), [&] {
    if (!stop.stop_requested()) return;
    if (++ticks <= 3) {
      EXPECT_FALSE(broken());
    } else {
      clock.advance(1s);
    }
  });
  EXPECT_EQ(ran.error().code, ErrorCode::interrupted);
  EXPECT_GT(ticks, 3);
}

TEST_F(CrewByScript, HasAnotherWorkerDoTheItemOfOneThatTheServerHasNoSessionFor) {
  server.expect_opening();
  server.expect({{"PQconnectStartParams", 1}, {"PQconnectPoll", PGRES_POLLING_FAILED, [](ScriptedLibpq& s) {
                                                 s.status = CONNECTION_BAD;
                                                 s.message =
                                                     "FATAL:  53300: sorry, too many clients already\n";
                                               }}});
  ItemList work({2, 1});
  std::latch has_session(1);
  std::latch retired(1);
  Crew crew(work, 2, ends, [&](Worker& worker, ItemId item, const std::stop_token&) -> Status {
    if (item == 0) {
      EXPECT_TRUE(worker.target());
      has_session.count_down();
      retired.wait();
      return {};
    }
    has_session.wait();
    const Result<postgres::Connection*> target = worker.target();
    if (target) return {};
    EXPECT_TRUE(crew.retire(worker));
    retired.count_down();
    return fail(target.error());
  });
  EXPECT_TRUE(crew.run({}, [] {}));
}

}  // namespace
}  // namespace pghaul::scripted
