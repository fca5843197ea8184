#include "job/lock_timeout.h"

#include <gtest/gtest.h>

#include <future>

#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using job::LockTimeout;

class LockTimeoutByScript : public testing::Test {
 protected:
  LockTimeoutByScript() {
    options.retry_for = {};
    options.stall_after = {};
  }
  /// A session waits for a standby each time that the watch looks.
  void expect_wait() {
    for (int look = 0; look < 2; ++look) {
      server.expect_opening();
      server.expect(
          {{"PQsendQuery WITH ours AS …", 1},
           {"PQisBusy", 0},
           {"PQisBusy", 0},
           {"PQgetResult", rows({{"7", kNull, kNull, kNull, kNull, kNull, kNull, kNull, "f", "s1"}})},
           {"PQisBusy", 0},
           {"PQgetResult", kNothing}});
    }
  }
  /// Waits until the verb is asked to stop.
  static void await_stop(const std::stop_token& stop) {
    std::promise<void> stopped;
    const std::stop_callback on_stop(stop, [&] { stopped.set_value(); });
    stopped.get_future().wait();
  }

  ScriptedLibpq server;
  discovery::Options options;
  discovery::Endpoints ends;
  std::stop_source stop;
  measure::Timeline timeline;
  measure::Events events{timeline, {}};
  measure::Report report;
  measure::Progress progress;
  const discovery::VerbContext context{options, ends, stop.get_token(), timeline, events, report};
};

TEST_F(LockTimeoutByScript, StopsTheVerbAndSaysWhichLockHasEndedIt) {
  LockTimeout locks(context);
  expect_wait();
  locks.watch({}, progress);
  await_stop(locks.context().stop);
  const Status ended = locks.end(fail(ErrorCode::interrupted, "stopped on request"));
  ASSERT_FALSE(ended);
  EXPECT_NE(ended.error().message.find("a synchronous standby"), std::string::npos) << ended.error().message;
}

TEST_F(LockTimeoutByScript, LeavesARunThatHasSucceededAllTheSame) {
  LockTimeout locks(context);
  expect_wait();
  locks.watch({}, progress);
  await_stop(locks.context().stop);
  EXPECT_TRUE(locks.end({}));
}

TEST_F(LockTimeoutByScript, SaysThatItWasStoppedOnRequestWhereItWas) {
  LockTimeout locks(context);
  expect_wait();
  locks.watch({}, progress);
  await_stop(locks.context().stop);
  stop.request_stop();
  EXPECT_EQ(locks.end(fail(ErrorCode::interrupted, "stopped on request")).error().message,
            "stopped on request");
}

TEST_F(LockTimeoutByScript, StopsWithItsCaller) {
  const LockTimeout locks(context);
  EXPECT_FALSE(locks.context().stop.stop_requested());
  stop.request_stop();
  EXPECT_TRUE(locks.context().stop.stop_requested());
}

TEST_F(LockTimeoutByScript, StopsWhatRunsBesideARunThatHasFailed) {
  LockTimeout locks(context);
  EXPECT_EQ(locks.end(fail(ErrorCode::server_error, "disk full")).error().message, "disk full");
  EXPECT_TRUE(locks.context().stop.stop_requested());
  LockTimeout others(context);
  EXPECT_TRUE(others.end({}));
  EXPECT_FALSE(others.context().stop.stop_requested());
}

}  // namespace
}  // namespace pghaul::scripted
