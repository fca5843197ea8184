#include "postgres/snapshot.h"

#include <gtest/gtest.h>

#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using postgres::Snapshot;
using postgres::Transaction;

class SnapshotByScript : public testing::Test {
 protected:
  void expect_import(const std::string& state) {
    server.expect_statement(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT 'a-1';"
        " SELECT pg_catalog.pg_current_snapshot()::text",
        {done(), done(), rows({{state}})});
  }
  void expect_rollback() { server.expect_statement("ROLLBACK", {done()}); }

  ScriptedLibpq server;
  postgres::Connection connection = server.open(postgres::Side::source);
};

TEST_F(SnapshotByScript, IsExportedWithWhatItShows) {
  server.expect_statement("SELECT pg_catalog.pg_export_snapshot(), pg_catalog.pg_current_snapshot()::text",
                          {rows({{"a-1", "10:12:"}})});
  const Result<Snapshot> exported = Snapshot::export_from(connection);
  ASSERT_TRUE(exported);
  EXPECT_EQ(exported->id(), "a-1");
  EXPECT_EQ(exported->state(), "10:12:");
}

TEST_F(SnapshotByScript, IsAskedForByTheOldFunctionBeforeThirteen) {
  server.version = 120000;
  server.expect_statement("SELECT pg_catalog.pg_export_snapshot(), pg_catalog.txid_current_snapshot()::text",
                          {rows({{"a-1", "10:12:"}})});
  EXPECT_TRUE(Snapshot::export_from(connection));
}

TEST_F(SnapshotByScript, IsImportedByATransactionThatIsRolledBackAtItsEnd) {
  expect_import("10:12:");
  expect_rollback();
  EXPECT_TRUE(Snapshot("a-1", "10:12:").begin(connection));
}

TEST_F(SnapshotByScript, IsLostWhereItsNameHasBecomeAnotherOnes) {
  expect_import("3:3:");
  expect_rollback();
  const Result<Transaction> begun = Snapshot("a-1", "10:12:").begin(connection);
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().code, ErrorCode::snapshot_lost);
  EXPECT_NE(begun.error().message.find("the server has restarted since"), std::string::npos);
}

TEST_F(SnapshotByScript, IsLostWhereTheServerDoesNotKnowIt) {
  server.expect_statement("BEGIN …", {done(), refusal("22023", "invalid snapshot identifier: \"a-1\"")});
  const Result<Transaction> begun = Snapshot("a-1", "10:12:").begin(connection);
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().code, ErrorCode::snapshot_lost);
  EXPECT_EQ(begun.error().hint, "the session that exported it has ended");
  EXPECT_TRUE(begun.error().message.starts_with("importing snapshot a-1")) << begun.error().message;
}

TEST_F(SnapshotByScript, IsNotLostWhereOnlyTheReadersConnectionIs) {
  server.expect_statement("BEGIN …", {refusal("57P01", "terminating connection")});
  EXPECT_EQ(Snapshot("a-1", "10:12:").begin(connection).error().code, ErrorCode::connection_lost);
}

TEST_F(SnapshotByScript, OfSomebodyElseIsKnownByWhatItShowsFirst) {
  Snapshot snapshot("a-1");
  EXPECT_EQ(snapshot.state(), "");
  for (int reader = 0; reader < 2; ++reader) {
    expect_import("10:12:");
    expect_rollback();
    EXPECT_TRUE(reader == 0 ? snapshot.begin_first(connection) : snapshot.begin(connection));
  }
  EXPECT_EQ(snapshot.state(), "10:12:");
}

}  // namespace
}  // namespace pghaul::scripted
