#include "postgres/cancel_on_stop.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>

#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using postgres::CancelOnStop;

bool has_children() {
  siginfo_t child{};
  return waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

class CancelOnStopByScript : public testing::Test {
 protected:
  ScriptedLibpq server;
  postgres::Connection connection = server.open();
  std::stop_source stop;
};

TEST_F(CancelOnStopByScript, BreaksAConnectionThatDoesNotEndThough) {
  const CancelOnStop cancel_on_stop(stop.get_token(), connection);
  stop.request_stop();
  EXPECT_EQ(server.receive(1), "");  // waits until that side is closed
}

TEST_F(CancelOnStopByScript, HappensWhereTheStopCameBefore) {
  stop.request_stop();
  const CancelOnStop cancel_on_stop(stop.get_token(), connection);
  EXPECT_EQ(server.receive(1), "");
}

TEST_F(CancelOnStopByScript, LeavesAConnectionThatEndedInTimeAndNoProcess) {
  {
    const CancelOnStop cancel_on_stop(stop.get_token(), connection);
    stop.request_stop();
    EXPECT_TRUE(has_children());  // which would break it
  }
  EXPECT_FALSE(has_children());
  EXPECT_FALSE(server.hung_up());
}

TEST_F(CancelOnStopByScript, DoesNothingWithoutAStop) {
  { const CancelOnStop cancel_on_stop(stop.get_token(), connection); }
  stop.request_stop();
  EXPECT_FALSE(has_children());
  EXPECT_FALSE(server.hung_up());
}

TEST_F(CancelOnStopByScript, DoesNotTouchASocketThatMayBelongToAnotherConnectionByNow) {
  const CancelOnStop cancel_on_stop(stop.get_token(), connection);
  connection.lifeline()->forget();
  stop.request_stop();
  EXPECT_FALSE(has_children());
  connection.lifeline()->sever();
  EXPECT_FALSE(server.hung_up());
}

}  // namespace
}  // namespace pghaul::scripted
