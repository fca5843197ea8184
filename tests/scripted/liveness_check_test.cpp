#include "postgres/liveness_check.h"

#include <gtest/gtest.h>

#include <future>

#include "base/wait_for.h"
#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using namespace std::chrono_literals;
using postgres::Side;
using postgres::with_liveness_check;

constexpr auto kLong = 60s;  // nothing waits for so long

postgres::ConnectionString server_with(std::chrono::seconds silence_limit) {
  postgres::ConnectionString server;
  server.set_silence_limit(silence_limit);
  return server;
}

/// Work that lasts until it is asked to give up.
Status last(const std::stop_token& give_up) {
  EXPECT_FALSE(wait_for(kLong, give_up)) << "nobody has asked to give up";
  return fail(ErrorCode::interrupted, "given up");
}

TEST(LivenessCheck, GivesUpWorkAtAServerThatAnswersNobodyAndNamesBoth) {
  ScriptedLibpq server;
  const Status done = with_liveness_check(server_with(0s), Side::target, {}, "pg_restore", last);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::connection_lost);
  EXPECT_EQ(done.error().message, "the target has not answered for 0 s, and pg_restore was ended");
}

TEST(LivenessCheck, LetsWorkGoOnWhileTheServerAnswersANewConnectionBeItByARefusal) {
  ScriptedLibpq server;
  std::promise<void> probed;
  server.expect({{"PQconnectStartParams", 1, [&](ScriptedLibpq& s) {
                    s.status = CONNECTION_BAD;
                    s.message = "FATAL:  53300: sorry, too many clients already\n";
                    s.send("T");
                    probed.set_value();
                  }}});
  const Status done = with_liveness_check(server_with(2s), Side::source, {}, "pg_dump",
                                          [&](const std::stop_token& give_up) -> Status {
                                            probed.get_future().wait();
                                            EXPECT_FALSE(give_up.stop_requested());
                                            return {};
                                          });
  EXPECT_TRUE(done);
}

TEST(LivenessCheck, GivesTheErrorOfTheWorkItself) {
  ScriptedLibpq server;
  const Status done = with_liveness_check(
      server_with(kLong), Side::source, {}, "pg_dump",
      [](const std::stop_token&) { return fail(ErrorCode::program_failed, "pg_dump: error"); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "pg_dump: error");
}

TEST(LivenessCheck, PassesAStopOnWhichIsNoSilence) {
  ScriptedLibpq server;
  std::stop_source stop;
  stop.request_stop();
  const Status done =
      with_liveness_check(server_with(kLong), Side::source, stop.get_token(), "pg_dump", last);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace pghaul::scripted
