#include "crew/watchdog.h"

#include <gtest/gtest.h>

#include <future>

#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using namespace std::chrono_literals;
using crew::Watchdog;
using postgres::Lifeline;
using postgres::Side;

/// A watch over one session on the source, whose worker waits for an answer.
class WatchdogByScript : public testing::Test {
 protected:
  using Happens = std::function<void(ScriptedLibpq&)>;

  [[nodiscard]] static Answer session_waits_for(const std::string& type, const std::string& event) {
    return rows({{std::to_string(ScriptedLibpq::kSession), "active", type, event}});
  }
  /// One look at the server, by the session that is open already.
  void expect_look(const Answer& answer, Happens meanwhile = {}) {
    server.expect({{"PQsendQuery SELECT pid, …", 1, std::move(meanwhile)},
                   {"PQisBusy", 0},
                   {"PQisBusy", 0},
                   {"PQgetResult", answer},
                   {"PQisBusy", 0},
                   {"PQgetResult", kNothing}});
  }
  /// The look after which the watch has nothing more to look at, and the test goes on.
  void expect_last_look(const Answer& answer) {
    expect_look(answer, [this](ScriptedLibpq&) { nothing_left = true; });
  }
  void watch(std::chrono::seconds stall_after) {
    const Watchdog watchdog(
        ends, stall_after, [this](Side side) { return lines(side); }, progress,
        [](const Error& error) { ADD_FAILURE() << error.message; });
    idle.get_future().wait();
  }
  std::vector<std::shared_ptr<Lifeline>> lines(Side side) {
    if (side == Side::target) {  // the second that is looked at
      if (nothing_left && !told) idle.set_value();
      told = nothing_left;
      return {};
    }
    if (nothing_left) return {};
    return {worker.lifeline()};
  }

  ScriptedLibpq server;
  postgres::Connection worker = server.open(Side::source);
  Lifeline::Waiting waiting{*worker.lifeline()};
  crew::Worker::Endpoints ends;
  measure::Progress progress;
  bool nothing_left = false;  // from here on used by the watchdog's thread
  bool told = false;
  std::promise<void> idle;
};

TEST_F(WatchdogByScript, BreaksAConnectionWhoseTwoEndsWaitForEachOther) {
  server.expect_opening();
  expect_last_look(session_waits_for("Client", "ClientRead"));
  watch(0s);
  EXPECT_TRUE(server.hung_up());
}

TEST_F(WatchdogByScript, LeavesAConnectionWhoseServerIsAtWork) {
  server.expect_opening();
  expect_last_look(session_waits_for("IO", "DataFileRead"));
  watch(0s);
  EXPECT_FALSE(server.hung_up());
  EXPECT_EQ(progress.bottleneck(), "source read");
}

TEST_F(WatchdogByScript, LeavesAConnectionOnWhichBytesHavePassedMeanwhile) {
  server.expect_opening();
  const auto bytes_pass = [this](ScriptedLibpq&) { worker.lifeline()->add_traffic(1); };
  expect_look(session_waits_for("Client", "ClientRead"), bytes_pass);
  expect_look(session_waits_for("Client", "ClientRead"), bytes_pass);
  expect_last_look(session_waits_for("IO", "DataFileRead"));
  watch(1s);
  EXPECT_FALSE(server.hung_up());
}

TEST_F(WatchdogByScript, BreaksAConnectionOnWhichNothingHasPassedForLong) {
  server.expect_opening();
  expect_look(session_waits_for("Client", "ClientRead"));
  expect_look(session_waits_for("Client", "ClientRead"));
  expect_last_look(session_waits_for("Client", "ClientRead"));
  watch(1s);
  EXPECT_TRUE(server.hung_up());
}

TEST_F(WatchdogByScript, BreaksConnectionsToAServerThatDoesNotEvenAnswerThis) {
  server.expect({{"PQconnectStartParams", 0, [this](ScriptedLibpq&) { nothing_left = true; }}});
  watch(0s);
  EXPECT_TRUE(server.hung_up());
}

TEST_F(WatchdogByScript, CountsARefusalAsAnAnswer) {
  server.expect(
      {{"PQconnectStartParams", 1}, {"PQconnectPoll", PGRES_POLLING_FAILED, [this](ScriptedLibpq& s) {
                                       nothing_left = true;
                                       s.status = CONNECTION_BAD;
                                       s.message = "FATAL:  53300: sorry, too many clients already\n";
                                     }}});
  watch(0s);
  EXPECT_FALSE(server.hung_up());
}

}  // namespace
}  // namespace pghaul::scripted
