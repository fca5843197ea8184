#include "postgres/pooling.h"

#include <gtest/gtest.h>

#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using postgres::Connection;
using postgres::refuse_shared_sessions;
using postgres::Side;

const char* const kAsk = "SELECT pg_catalog.pg_backend_pid()";

/// Through a pooler, which tells another number than the server's.
class Pooler : public testing::Test {
 protected:
  static constexpr int kMine = 5000;

  /// The number of the session that serves us, that of a second client in a transaction, and ours after that.
  void expect_sessions(int second, int ours_then) {
    server.expect_statement(kAsk, {rows({{std::to_string(kMine)}})});
    server.expect_opening(second);
    server.expect_statement(std::string("BEGIN ;") + kAsk, {done(), rows({{std::to_string(second)}})});
    server.expect_statement(kAsk, {rows({{std::to_string(ours_then)}})});
    server.expect_statement("ROLLBACK", {done()});
  }

  ScriptedLibpq server;
  Connection connection = server.open(Side::source, std::chrono::seconds(120), kMine);
};

TEST_F(Pooler, IsTakenWhereEachClientKeepsItsSession) {
  expect_sessions(6000, kMine);
  EXPECT_TRUE(refuse_shared_sessions(connection, {}));
}

TEST_F(Pooler, IsRefusedWhereASecondClientIsGivenOurSession) {
  expect_sessions(kMine, 6000);
  const Status taken = refuse_shared_sessions(connection, {});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::refused);
}

TEST_F(Pooler, IsRefusedWhereWeAreGivenAnotherSessionThanBefore) {
  expect_sessions(6000, 7000);
  EXPECT_EQ(refuse_shared_sessions(connection, {}).error().code, ErrorCode::refused);
}

TEST(NoPooler, IsKnownWithoutAskingTheServer) {
  ScriptedLibpq server;
  Connection connection = server.open();
  EXPECT_TRUE(refuse_shared_sessions(connection, {}));
}

}  // namespace
}  // namespace pghaul::scripted
