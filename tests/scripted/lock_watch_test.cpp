#include "crew/lock_watch.h"

#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>

#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using namespace std::chrono_literals;
using crew::LockWatch;

/// A watch that gives up what it sees twice.
class LockWatchByScript : public testing::Test {
 protected:
  using Row = std::vector<std::string>;

  /// One look at the server, which answers with these waits.
  void expect_look(const std::vector<Row>& waits) {
    server.expect_opening();
    server.expect({{"PQsendQuery WITH ours AS …", 1},
                   {"PQisBusy", 0},
                   {"PQisBusy", 0},
                   {"PQgetResult", rows(waits)},
                   {"PQisBusy", 0},
                   {"PQgetResult", kNothing}});
  }
  Error watch() {
    std::promise<Error> given_up;
    const LockWatch watch({.mark = "mark"}, 0ms, events, progress,
                          [&](Error error) { given_up.set_value(std::move(error)); });
    return given_up.get_future().get();
  }
  [[nodiscard]] static Row waits_for_lock(const std::string& session, bool queued = false) {
    return {
        session, "99", "ann", "psql", "shop", "idle in transaction", "public", "orders", queued ? "t" : "f",
        kNull};
  }

  ScriptedLibpq server;
  std::vector<std::string> said;
  measure::Timeline timeline;
  measure::Events events{timeline, [this](const std::string& json) { said.push_back(json); }};
  measure::Progress progress;
};

TEST_F(LockWatchByScript, GivesUpOnALockAndNamesWhoHasIt) {
  expect_look({waits_for_lock("7")});
  expect_look({waits_for_lock("7")});
  const Error error = watch();
  EXPECT_EQ(error.message,
            "a session of this copy waits on the target for a lock on public.orders that session 99 (psql, "
            "role ann, "
            "database shop, idle in transaction) has; given up after 0 s");
  EXPECT_TRUE(error.hint.starts_with("have that lock released, then continue with --resume"));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_NE(said.front().find("warning"), std::string::npos);
  EXPECT_NE(progress.to_json().dump().find("a lock on the target of session 99"), std::string::npos);
}

TEST_F(LockWatchByScript, KnowsWhoIsInTheQueueForALockOfOurs) {
  expect_look({waits_for_lock("7", true)});
  expect_look({waits_for_lock("7", true)});
  EXPECT_NE(watch().message.find("requested, itself waiting for this copy"), std::string::npos);
}

TEST_F(LockWatchByScript, GivesUpOnAStandbyThatDoesNotConfirm) {
  const Row waits = {"7", kNull, kNull, kNull, kNull, kNull, kNull, kNull, "f", "standby1"};
  expect_look({waits});
  expect_look({waits});
  EXPECT_NE(watch().message.find("synchronous_standby_names = 'standby1'"), std::string::npos);
}

TEST_F(LockWatchByScript, SaysNothingOfAWaitOfAMoment) {
  expect_look({waits_for_lock("7")});
  expect_look({});
  expect_look({waits_for_lock("8")});
  expect_look({waits_for_lock("7")});
  expect_look({waits_for_lock("7")});
  EXPECT_TRUE(watch().message.starts_with("a session of this copy waits"));
  EXPECT_EQ(said.size(), 1U);
}

TEST_F(LockWatchByScript, LooksAgainWhenTheServerDoesNotAnswer) {
  expect_look({waits_for_lock("7")});
  server.expect({{"PQconnectStartParams", 0}});
  expect_look({waits_for_lock("7")});
  EXPECT_TRUE(watch().message.starts_with("a session of this copy waits"));
}

}  // namespace
}  // namespace pghaul::scripted
