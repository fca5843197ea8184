// What must stop the application of changes, and what it leaves behind when it does.

#include <gtest/gtest.h>

#include <string>

#include "live/followed.h"

namespace pghaul::live {
namespace {

/// Expects that following stops with an error that leaves the rows alone, and comes to the same change again.
Error expect_stop(Followed& pair, const std::string& rows = "SELECT * FROM t ORDER BY 1") {
  const std::string before = pair.target().psql(rows);
  const Status done = pair.catch_up();
  const Status again = pair.catch_up();
  EXPECT_FALSE(done);
  EXPECT_FALSE(again);
  EXPECT_EQ(pair.target().psql(rows), before);
  if (done || again) return {};
  EXPECT_EQ(again.error().message, done.error().message);
  return done.error();
}

void expect_same(Followed& pair, const std::string& query) {
  const auto [source, target] = pair.both(query);
  EXPECT_EQ(source, target);
}

class Strict : public testing::Test {
 protected:
  void SetUp() override {
    pair_.source().psql("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    const Status done = pair_.catch_up();
    ASSERT_TRUE(done) << done.error().message;
  }
  Followed pair_{"CREATE TABLE t (id int PRIMARY KEY, a text)"};
};

TEST_F(Strict, StopsAtAnUpdateWhoseRowIsGone) {
  pair_.target().psql("DELETE FROM t WHERE id = 2");
  pair_.source().psql("BEGIN; UPDATE t SET a = 'x' WHERE id = 1; UPDATE t SET a = 'x' WHERE id = 2; COMMIT");
  const Error error = expect_stop(pair_);
  EXPECT_EQ(error.code, ErrorCode::mismatch);
  EXPECT_TRUE(error.message.starts_with("UPDATE of public.t, (id) = (2), of the source's transaction "))
      << error.message;
  EXPECT_TRUE(error.message.ends_with(": the target has 0 such rows, not 1")) << error.message;
  EXPECT_EQ(error.object, "public.t");
  pair_.target().psql("INSERT INTO t VALUES (2, 'b')");
  ASSERT_TRUE(pair_.catch_up());  // once it is mended, it goes on with that very change
  expect_same(pair_, "SELECT * FROM t ORDER BY 1");
}

TEST_F(Strict, StopsAtADeleteWhoseRowIsGone) {
  pair_.target().psql("DELETE FROM t WHERE id = 3");
  pair_.source().psql("DELETE FROM t WHERE id = 3");
  EXPECT_TRUE(expect_stop(pair_).message.starts_with("DELETE from public.t, (id) = (3)"));
}

TEST_F(Strict, StopsAtAnInsertWhoseRowIsThere) {
  pair_.target().psql("INSERT INTO t VALUES (4, 'mine')");
  pair_.source().psql("INSERT INTO t VALUES (4, 'd')");
  const Error error = expect_stop(pair_);
  EXPECT_EQ(error.sqlstate, "23505");
  EXPECT_TRUE(error.message.starts_with("cannot apply INSERT into public.t, (id) = (4), of the source's"))
      << error.message;
}

TEST(StrictKeys, AreCheckedAtTheEndOfATransactionWhereTheyAreDeferrable) {
  Followed pair(
      "CREATE TABLE t (id int PRIMARY KEY DEFERRABLE, a int, b text, UNIQUE (b, a) DEFERRABLE INITIALLY "
      "DEFERRED);"
      "CREATE UNIQUE INDEX by_id ON t (id); ALTER TABLE t REPLICA IDENTITY USING INDEX by_id");
  pair.source().psql(
      "INSERT INTO t SELECT i, i, 'x' FROM generate_series(1, 20) AS i; UPDATE t SET a = 21 - a");
  ASSERT_TRUE(pair.catch_up());
  expect_same(pair, "SELECT * FROM t ORDER BY 1");
  pair.target().psql("INSERT INTO t VALUES (30, 100, 'x'), (31, NULL, 'x')");
  pair.source().psql("UPDATE t SET a = NULL WHERE id = 1; UPDATE t SET a = 99 WHERE id = 3");
  pair.source().psql("BEGIN; UPDATE t SET a = 100 WHERE id = 2; UPDATE t SET b = 'y' WHERE id = 3; COMMIT");
  const Error error = expect_stop(pair, "SELECT 1");
  EXPECT_TRUE(error.message.starts_with("a deferrable key of public.t, (b, a) = (x, 100), of the source's"))
      << error.message;
  EXPECT_TRUE(error.message.ends_with(": the target has several rows with this key")) << error.message;
  pair.target().psql("DELETE FROM t WHERE id >= 30");
  ASSERT_TRUE(pair.catch_up());
  expect_same(pair, "SELECT * FROM t ORDER BY 1");
}

TEST(StrictKeys, AreCheckedInAllRowsWhereATransactionChangesMany) {
  Followed pair("CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  pair.source().psql("INSERT INTO t SELECT i, i FROM generate_series(1, 10100) AS i; UPDATE t SET a = a + 1");
  ASSERT_TRUE(pair.catch_up());
  expect_same(pair, "SELECT * FROM t ORDER BY 1");
  pair.target().psql("INSERT INTO t VALUES (-1, -7)");
  pair.source().psql("UPDATE t SET a = -id");
  const Error error = expect_stop(pair, "SELECT 1");
  EXPECT_TRUE(error.message.starts_with("a deferrable key of public.t, (a), of the source's"))
      << error.message;
}

TEST(StrictKeys, AreCheckedAfterATransactionWhoseRestIsMergedWhileTheTargetWorks) {
  Followed pair(
      "CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE DEFERRABLE INITIALLY DEFERRED);"
      "CREATE TABLE other (id int PRIMARY KEY, b text)");
  pair.source().psql("INSERT INTO t SELECT i, i FROM generate_series(1, 5) AS i");
  ASSERT_TRUE(pair.catch_up());
  pair.target().psql("INSERT INTO t VALUES (-1, -7)");
  pair.source().psql(
      "BEGIN; UPDATE t SET a = -7 WHERE id = 2; INSERT INTO other SELECT i, repeat('x', 100) FROM"
      " generate_series(1, 40000) AS i; COMMIT");
  const Error error = expect_stop(pair, "SELECT 1");
  EXPECT_TRUE(error.message.starts_with("a deferrable key of public.t, (a) = (-7), of the source's"))
      << error.message;
}

TEST_F(Strict, StopsBeforeTheFirstRowOfAColumnThatTheTargetLacks) {
  pair_.source().psql("ALTER TABLE t ADD COLUMN \"new one\" int; INSERT INTO t VALUES (4, 'd', 5)");
  const Error error = expect_stop(pair_);
  EXPECT_EQ(error.message,
            "table public.t is not the same on source and target: the target has no column \"new one\"");
  EXPECT_TRUE(error.hint.ends_with("ALTER TABLE \"public\".\"t\" ADD COLUMN \"new one\" …")) << error.hint;
  pair_.target().psql("ALTER TABLE t ADD COLUMN \"new one\" int");
  ASSERT_TRUE(pair_.catch_up());
  expect_same(pair_, "SELECT * FROM t ORDER BY 1");
}

TEST_F(Strict, StopsBeforeTheFirstRowWithoutAColumnThatTheTargetHas) {
  pair_.source().psql("ALTER TABLE t DROP COLUMN a; UPDATE t SET id = 10 WHERE id = 1");
  EXPECT_EQ(
      expect_stop(pair_).message,
      "table public.t is not the same on source and target: the source has no column \"a\", which the target "
      "has");
}

TEST_F(Strict, StopsBeforeTheFirstRowOfAnotherType) {
  pair_.source().psql("ALTER TABLE t ALTER COLUMN a TYPE varchar(10); INSERT INTO t VALUES (4, 'd')");
  EXPECT_EQ(
      expect_stop(pair_).message,
      "table public.t is not the same on source and target: column \"a\" is of another type on the target");
  pair_.target().psql("ALTER TABLE t ALTER COLUMN a TYPE varchar(20)");
  EXPECT_EQ(expect_stop(pair_).code, ErrorCode::mismatch);
}

TEST_F(Strict, StopsAtATableThatTheTargetLacks) {
  pair_.source().psql("CREATE TABLE late (id int PRIMARY KEY); INSERT INTO late VALUES (1)");
  EXPECT_EQ(expect_stop(pair_).message,
            "the source has changes of table public.late, which the target does not have");
}

TEST_F(Strict, StopsBeforeTheFirstRowOfATableOrColumnOfAnotherName) {
  pair_.source().psql("ALTER TABLE t RENAME a TO b; UPDATE t SET b = 'x' WHERE id = 1");
  EXPECT_EQ(expect_stop(pair_).message,
            "table public.t is not the same on source and target: the target has no column \"b\"");
  pair_.target().psql("ALTER TABLE t RENAME a TO b");
  ASSERT_TRUE(pair_.catch_up());
  pair_.source().psql("CREATE SCHEMA s; ALTER TABLE t SET SCHEMA s; DELETE FROM s.t WHERE id = 1");
  EXPECT_EQ(expect_stop(pair_).message,
            "the source has changes of table s.t, which the target does not have");
  pair_.target().psql("CREATE SCHEMA s; ALTER TABLE t SET SCHEMA s");
  ASSERT_TRUE(pair_.catch_up());
  expect_same(pair_, "SELECT * FROM s.t ORDER BY 1");
}

TEST_F(Strict, StopsWhereRowsCanNotBeToldApart) {
  pair_.target().psql("ALTER TABLE t DROP CONSTRAINT t_pkey");
  pair_.source().psql("UPDATE t SET a = 'x' WHERE id = 1");
  EXPECT_EQ(
      expect_stop(pair_).message,
      "table public.t is not the same on source and target: the target has no unique index on (\"id\"), by "
      "which its rows are told apart");
}

TEST_F(Strict, EmptiesNoTableThatTheSourceDidNot) {
  pair_.target().psql("CREATE TABLE other (t int REFERENCES t); INSERT INTO other VALUES (1)");
  pair_.source().psql("TRUNCATE t CASCADE");
  EXPECT_EQ(expect_stop(pair_).sqlstate, "0A000");
}

TEST_F(Strict, StopsAtARowThatIsNotAlikeUnderFullIdentity) {
  pair_.source().psql(
      "CREATE TABLE f (a numeric); ALTER TABLE f REPLICA IDENTITY FULL; INSERT INTO f VALUES (1.0)");
  pair_.target().psql("CREATE TABLE f (a numeric)");
  ASSERT_TRUE(pair_.catch_up());
  pair_.target().psql("UPDATE f SET a = 1.00");
  pair_.source().psql("DELETE FROM f");
  EXPECT_TRUE(expect_stop(pair_, "SELECT * FROM f").message.ends_with("the target has 0 such rows, not 1"));
}

TEST_F(Strict, AppliesAllTransactionsBeforeTheOneThatStopsIt) {
  pair_.target().psql("DELETE FROM t WHERE id = 2");
  pair_.source().psql("UPDATE t SET a = 'x' WHERE id = 1");
  pair_.source().psql("BEGIN; UPDATE t SET a = 'y' WHERE id = 1; UPDATE t SET a = 'x' WHERE id = 2; COMMIT");
  pair_.source().psql("UPDATE t SET a = 'z' WHERE id = 1");
  const Status done = pair_.catch_up();
  ASSERT_FALSE(done);
  EXPECT_TRUE(
      done.error().message.starts_with("UPDATE of public.t, (id) = (2), of the source's transaction "))
      << done.error().message;
  EXPECT_EQ(pair_.target().psql("SELECT a FROM t WHERE id = 1"), "x");
  pair_.target().psql("INSERT INTO t VALUES (2, 'b')");
  ASSERT_TRUE(pair_.catch_up());
  expect_same(pair_, "SELECT * FROM t ORDER BY 1");
}

}  // namespace
}  // namespace pghaul::live
