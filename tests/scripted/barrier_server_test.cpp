#include "live/barrier_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using live::BarrierServer;

class BarrierServerByScript : public testing::Test {
 protected:
  /// Opens a session of a role that may not silence event triggers.
  void expect_session() {
    server.expect_opening();
    server.expect_statement("BEGIN …", {done(), refusal("42501", "permission denied")});
    server.expect_statement("ROLLBACK", {done()});
  }
  void expect_snapshot(const std::string& sql, const std::vector<std::string>& row) {
    expect_session();
    server.expect_statement("ROLLBACK; BEGIN …", {done(), done()});
    server.expect_statement(sql, {rows({row})});
  }
  void expect_snapshots() {
    expect_snapshot("SELECT pg_catalog.pg_current_snapshot()::text, pg_catalog.pg_export_snapshot()",
                    {"10:10:", "of source"});
    expect_snapshot("SELECT pg_catalog.pg_export_snapshot()", {"of target"});
  }
  /// Looks for requests in the table: finds one, or none.
  void expect_search(const std::optional<std::string>& number) {
    server.expect_statement("DELETE FROM \"ours\".\"follow_barriers\" AS b …", {done("0")});
    server.expect_statement("SELECT number FROM …", {number ? rows({{*number}}) : rows({})});
  }
  void expect_held(bool held) {
    server.expect_statement("SELECT 1 FROM …", {held ? rows({{"1"}}) : rows({})});
  }
  /// Does what the stream does for a barrier, once one is wanted.
  void reach() {
    ASSERT_TRUE(is_requested());
    ASSERT_EQ(*hooks.take_snapshot(), "10:10:");
    ASSERT_TRUE(hooks.reached());
  }
  bool is_requested() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!barriers.requested() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    return barriers.requested();
  }

  ScriptedLibpq server;
  discovery::Endpoint end = {};
  BarrierServer barriers{end, end, "slot", "ours", {}};
  follow::BarrierFeed::Hooks hooks = barriers.hooks();
};

TEST_F(BarrierServerByScript, KeepsBothSnapshotsForThisProcessUntilTheyAreReleased) {
  expect_snapshots();
  std::optional<BarrierServer::Held> held;
  {
    const std::jthread asker([&] {
      Result<BarrierServer::Held> barrier = barriers.hold({});
      if (barrier) held.emplace(std::move(*barrier));
    });
    reach();
  }
  ASSERT_TRUE(held);
  EXPECT_EQ(held->snapshots().source, "of source");
  EXPECT_EQ(held->snapshots().target, "of target");
  EXPECT_EQ(server.living_connections, 2);
  held.reset();
  EXPECT_EQ(server.living_connections, 0);
  EXPECT_FALSE(barriers.requested());
}

TEST_F(BarrierServerByScript, ServesOneAfterTheOtherWhereSeveralThreadsAsk) {
  constexpr int kAskers = 4;
  for (int i = 0; i < kAskers; ++i) expect_snapshots();
  std::atomic<int> served = 0;
  std::vector<std::jthread> askers;
  for (int i = 0; i < kAskers; ++i) {
    askers.emplace_back([&] {
      bool complete = false;
      {
        const Result<BarrierServer::Held> barrier = barriers.hold({});
        complete = barrier && barrier->snapshots().target == "of target";
      }
      if (complete) ++served;
    });
  }
  for (int i = 0; i < kAskers; ++i) {
    reach();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (served <= i && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  }
  askers.clear();
  EXPECT_EQ(served, kAskers);
}

TEST_F(BarrierServerByScript, AnswersAnotherProcessAndLetsGoOnceThatHasGone) {
  postgres::Connection target = server.open();
  expect_search("7");
  ASSERT_TRUE(barriers.poll(target));
  expect_snapshots();
  reach();
  EXPECT_TRUE(barriers.await_answer(std::chrono::steady_clock::now(), {}));
  server.expect_statement(
      "UPDATE \"ours\".\"follow_barriers\" SET source_snapshot = 'of source', target_snapshot = "
      "'of target' WHERE number = 7",
      {done("1")});
  expect_held(true);
  ASSERT_TRUE(barriers.poll(target));
  EXPECT_FALSE(barriers.await_answer(std::chrono::steady_clock::now(), {}));
  EXPECT_EQ(server.living_connections, 3);

  expect_held(false);
  expect_search(std::nullopt);
  ASSERT_TRUE(barriers.poll(target));
  EXPECT_EQ(server.living_connections, 1);
  EXPECT_FALSE(barriers.requested());
}

TEST_F(BarrierServerByScript, TellsAnotherProcessWhyThereIsNoBarrier) {
  postgres::Connection target = server.open();
  expect_search("7");
  ASSERT_TRUE(barriers.poll(target));
  hooks.failed({.code = ErrorCode::connection_lost, .message = "the source's server is down"});
  server.expect_statement(
      "UPDATE \"ours\".\"follow_barriers\" SET failure = 'the source''s server is down' WHERE number = 7",
      {done("1")});
  expect_held(true);
  expect_search(std::nullopt);
  EXPECT_TRUE(barriers.poll(target));
}

TEST_F(BarrierServerByScript, RefusesThisProcessWhereTheAttemptFails) {
  std::optional<Error> refused;
  {
    const std::jthread asker([&] {
      const Result<BarrierServer::Held> barrier = barriers.hold({});
      if (!barrier) refused = barrier.error();
    });
    ASSERT_TRUE(is_requested());
    hooks.failed({.code = ErrorCode::connection_lost, .message = "the source is down"});
  }
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, ErrorCode::refused);
  EXPECT_EQ(refused->message, "the source is down");
  EXPECT_FALSE(barriers.requested());
}

TEST_F(BarrierServerByScript, TakesNothingForAnAskerWhoIsStopped) {
  std::stop_source stop;
  std::optional<Error> interrupted;
  {
    const std::jthread asker([&] {
      const Result<BarrierServer::Held> barrier = barriers.hold(stop.get_token());
      if (!barrier) interrupted = barrier.error();
    });
    ASSERT_TRUE(is_requested());
    stop.request_stop();
  }
  ASSERT_TRUE(interrupted);
  EXPECT_EQ(interrupted->code, ErrorCode::interrupted);
  EXPECT_FALSE(hooks.take_snapshot());  // of an attempt that had begun meanwhile
  EXPECT_TRUE(hooks.reached());
  EXPECT_EQ(server.living_connections, 0);
}

}  // namespace
}  // namespace pghaul::scripted
