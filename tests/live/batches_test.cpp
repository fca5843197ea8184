// Changes that are merged before they are applied.

#include <gtest/gtest.h>

#include <string>

#include "live/followed.h"

namespace pghaul::live {
namespace {

void expect_same(const Followed& pair, const std::string& query) {
  const auto [source, target] = pair.both(query);
  EXPECT_EQ(source, target) << query;
}

TEST(Batches, MergeTheChangesOfEachRow) {
  Followed pair(
      "CREATE TABLE t (id int, part text, a text, b text, PRIMARY KEY (id, part)); ALTER TABLE t ALTER b SET"
      " STORAGE EXTERNAL; CREATE TABLE log (what text)");
  pair.source().psql(
      "INSERT INTO t SELECT i, '', 'x' || i, repeat(i::text, 3000) FROM generate_series(1, 300) AS i");
  pair.source().psql(
      "UPDATE t SET a = 'y'; UPDATE t SET a = NULL WHERE id % 3 = 0; UPDATE t SET b = 'short' WHERE id % 5 = "
      "0;"
      "INSERT INTO log VALUES ('once'), ('once'); DELETE FROM t WHERE id % 7 = 0;"
      "INSERT INTO t SELECT i, '', 'again', NULL FROM generate_series(7, 300, 14) AS i;"
      "INSERT INTO t VALUES (1000, '', 'gone', ''); DELETE FROM t WHERE id = 1000; UPDATE t SET a = 'z' "
      "WHERE "
      "id < 9");
  const Status done = pair.catch_up();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pair.replays(), 0U);
  expect_same(pair, "SELECT * FROM t ORDER BY 1, 2; SELECT * FROM log");
}

TEST(Batches, AreAppliedChangeByChangeWhereTheOrderMatters) {
  Followed pair("CREATE TABLE t (id int PRIMARY KEY, place int UNIQUE, a text)");
  pair.source().psql("INSERT INTO t SELECT i, i, 'x' FROM generate_series(1, 10) AS i");
  ASSERT_TRUE(pair.catch_up());
  const std::string exchange =
      "BEGIN; UPDATE t SET place = -1 WHERE id = 1; UPDATE t SET place = 1 WHERE id = 2;"
      "UPDATE t SET place = 2 WHERE id = 1; COMMIT;"
      "BEGIN; UPDATE t SET place = -1 WHERE id = 2; UPDATE t SET place = 1 WHERE id = 1;"
      "UPDATE t SET place = 2 WHERE id = 2; UPDATE t SET a = a || '.'; COMMIT; UPDATE t SET place = 20 - "
      "place"
      " WHERE id > 2";
  pair.source().psql(exchange);
  Status done = pair.catch_up({.transactions = 1});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pair.replays(), 2U);
  expect_same(pair, "SELECT * FROM t ORDER BY 1");
  // A table with which that happens again and again has its changes applied one by one.
  for (int i = 0; i < 4; ++i) pair.source().psql(exchange);
  done = pair.catch_up({.transactions = 1});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pair.replays(), 3U);
  expect_same(pair, "SELECT * FROM t ORDER BY 1");
}

/// The target is asked about each as it comes; what was gathered of the others waits.
TEST(Batches, TakeTheFirstChangesOfManyTablesTogether) {
  std::string schema;
  std::string changes = "BEGIN;";
  std::string all;
  for (int i = 0; i < 30; ++i) {
    const std::string name = "t" + std::to_string(i);
    schema += "CREATE TABLE " + name + " (id int PRIMARY KEY, place int UNIQUE);";
    changes += "INSERT INTO " + name + " VALUES (1, 1), (2, 2); UPDATE " + name +
               " SET place = -1 WHERE id = 1;" + "UPDATE " + name + " SET place = 1 WHERE id = 2; UPDATE " +
               name + " SET place = 2 WHERE id = 1;";
    all += "SELECT * FROM " + name + " ORDER BY id;";
  }
  Followed pair(schema);
  pair.source().psql(changes + "COMMIT");
  pair.target().psql("ALTER TABLE t7 ADD UNIQUE (id, place)");
  Status done = pair.catch_up();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pair.replays(), 0U);
  expect_same(pair, all);

  pair.source().psql(
      "BEGIN; UPDATE t3 SET place = -1 WHERE id = 1; UPDATE t3 SET place = 2 - place WHERE id = 2; UPDATE t9 "
      "SET place = -1 WHERE id = 1; UPDATE t9 SET place = 2 WHERE id = 2; UPDATE t9 SET place = 1 WHERE id = "
      "1;"
      "COMMIT");
  pair.target().psql("DROP TABLE t9");
  done = pair.catch_up();
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("public.t9"), std::string::npos) << done.error().message;
}

TEST(Batches, HoldNothingBackBeforeAChangeThatDoesNotFit) {
  for (const char* change : {"INSERT INTO lost VALUES (1)", "TRUNCATE lost"}) {
    Followed pair("CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE lost (id int PRIMARY KEY)");
    pair.target().psql("DROP TABLE lost");
    pair.source().psql("INSERT INTO t VALUES (1)");
    pair.source().psql(std::string("BEGIN; INSERT INTO t VALUES (2); ") + change + "; COMMIT");
    const Status done = pair.catch_up();
    ASSERT_FALSE(done) << change;
    EXPECT_NE(done.error().message.find("public.lost"), std::string::npos) << done.error().message;
    EXPECT_EQ(pair.target().psql("SELECT id FROM t"), "1") << change;
  }
}

TEST(Batches, ReportTheFirstChangeThatDoesNotFit) {
  Followed pair("CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE lost (id int PRIMARY KEY)");
  pair.target().psql("DROP TABLE lost; INSERT INTO t VALUES (1)");
  pair.source().psql("INSERT INTO t VALUES (1)");
  pair.source().psql("INSERT INTO lost VALUES (1)");
  const Status done = pair.catch_up();
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().message.starts_with("cannot apply INSERT into public.t, (id) = (1)"))
      << done.error().message;
}

TEST(Batches, LetAUniqueValueGoFromARowThatWentToANewOne) {
  Followed pair("CREATE TABLE t (id int PRIMARY KEY, name text UNIQUE)");
  pair.source().psql("INSERT INTO t SELECT i, 'x' || i FROM generate_series(1, 10) AS i");
  pair.source().psql(
      "DELETE FROM t WHERE id = 1; INSERT INTO t VALUES (11, 'x1'); UPDATE t SET name = 'y' WHERE id = 2;"
      "INSERT INTO t VALUES (12, 'x2')");
  const Status done = pair.catch_up();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pair.replays(), 0U);
  expect_same(pair, "SELECT * FROM t ORDER BY 1");
}

TEST(Batches, FireTriggersThatAlwaysDoInTheirOrder) {
  Followed pair(
      "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE other (id int PRIMARY KEY);"
      "CREATE TABLE seen (at serial, what text)");
  pair.source().psql("DROP TABLE seen");
  pair.target().psql(
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO public.seen (what) "
      "VALUES"
      " (tg_op || ' ' || NEW.a || ' of ' || (SELECT count(*) FROM public.other)); RETURN NULL; END$$;"
      "CREATE TRIGGER note AFTER INSERT OR UPDATE ON t FOR EACH ROW EXECUTE PROCEDURE note();"
      "ALTER TABLE t ENABLE ALWAYS TRIGGER note");
  pair.source().psql(
      "BEGIN; INSERT INTO t VALUES (1, 1); INSERT INTO other VALUES (1); UPDATE t SET a = 2; UPDATE t SET a "
      "= "
      "3; INSERT INTO other VALUES (2); INSERT INTO t VALUES (2, 9); COMMIT");
  const Status done = pair.catch_up();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pair.target().psql("SELECT string_agg(what, ', ' ORDER BY at) FROM seen"),
            "INSERT 1 of 0, UPDATE 2 of 1, UPDATE 3 of 1, INSERT 9 of 2");
}

TEST(Batches, ReadATypeAsItsOwnInputDoesWhateverTheCastsFromText) {
  Followed pair(
      "CREATE TYPE colour AS ENUM ('red', 'green'); CREATE TABLE t (id int PRIMARY KEY, a colour, b "
      "regclass);"
      "CREATE FUNCTION wrong(text) RETURNS colour LANGUAGE sql AS $$SELECT 'red'::colour$$;"
      "CREATE CAST (text AS colour) WITH FUNCTION wrong(text)");
  pair.source().psql("INSERT INTO t VALUES (1, 'green', 'pg_class'), (2, 'green', 0)");
  const Status done = pair.catch_up();
  ASSERT_TRUE(done) << done.error().message;
  expect_same(pair, "SELECT * FROM t ORDER BY 1");
}

class LargeTransaction : public testing::Test {
 protected:
  /// A batch ends many times within a transaction.
  static constexpr Followed::Options kSmall{.batch_bytes = 4096};
  Followed pair_{"CREATE TABLE t (id int PRIMARY KEY, a text)"};
};

TEST_F(LargeTransaction, IsAppliedInPieces) {
  pair_.source().psql(
      "BEGIN; INSERT INTO t SELECT i, md5(i::text) FROM generate_series(1, 3000) AS i; UPDATE t SET a = a || "
      "'x'"
      " WHERE id % 2 = 0; DELETE FROM t WHERE id % 3 = 0; UPDATE t SET id = -id WHERE id % 5 = 0; COMMIT");
  pair_.source().psql("INSERT INTO t VALUES (10000, 'after')");
  const Status done = pair_.catch_up(kSmall);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pair_.replays(), 0U);
  expect_same(pair_, "SELECT * FROM t ORDER BY 1");
}

TEST_F(LargeTransaction, LeavesNothingBehindWhereItsLastRowDoesNotFit) {
  pair_.target().psql("INSERT INTO t VALUES (3000, 'mine')");
  pair_.source().psql("INSERT INTO t VALUES (-1, 'before')");
  pair_.source().psql("INSERT INTO t SELECT i, md5(i::text) FROM generate_series(1, 3000) AS i");
  const Status done = pair_.catch_up(kSmall);
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().message.starts_with("cannot apply INSERT into public.t, (id) = (3000), of the"))
      << done.error().message;
  EXPECT_EQ(pair_.target().psql("SELECT string_agg(id::text, ' ' ORDER BY id) FROM t"), "-1 3000");
  pair_.target().psql("DELETE FROM t WHERE id = 3000");
  ASSERT_TRUE(pair_.catch_up(kSmall));
  expect_same(pair_, "SELECT * FROM t ORDER BY 1");
}

TEST_F(LargeTransaction, HasOnlyThePiecesAppliedAgainWhoseOrderMatters) {
  pair_.source().psql("CREATE UNIQUE INDEX ON t (a)");
  pair_.target().psql("CREATE UNIQUE INDEX ON t (a)");
  pair_.source().psql(
      "BEGIN; INSERT INTO t SELECT i, i FROM generate_series(1, 1000) AS i; UPDATE t SET a = 'x' WHERE id = "
      "1;"
      "UPDATE t SET a = '1' WHERE id = 2; UPDATE t SET a = '2' WHERE id = 1; INSERT INTO t SELECT i, i"
      " FROM generate_series(1001, 2000) AS i; COMMIT");
  const Status done = pair_.catch_up(kSmall);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pair_.replays(), 1U);
  expect_same(pair_, "SELECT * FROM t ORDER BY 1");
}

}  // namespace
}  // namespace pghaul::live
