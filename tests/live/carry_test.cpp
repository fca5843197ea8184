// What a switchover carries itself, as no changes of it are followed.

#include "live/switching.h"

namespace pghaul::live {
namespace {

using Carry = Switchover;

constexpr const char* kUnfollowed =
    "CREATE UNLOGGED TABLE cache (id int PRIMARY KEY, note text);"
    "CREATE UNLOGGED TABLE hits (cache int REFERENCES cache, n int);"
    "CREATE UNLOGGED TABLE still (id int, twice int GENERATED ALWAYS AS (id * 2) STORED);"
    "INSERT INTO cache VALUES (1, 'one'); INSERT INTO hits VALUES (1, 1); INSERT INTO still VALUES (1), (2)";

/// Everything that the tables hold.
std::string carried_rows(const support::Database& database) {
  return database.psql(
      "SELECT 'c' || r::text FROM cache AS r UNION ALL SELECT 'h' || r::text FROM hits AS r UNION ALL SELECT "
      "'s' || r::text FROM still AS r UNION ALL SELECT 'l' || r::text FROM late AS r UNION ALL SELECT 'k' || "
      "r::text FROM keyless AS r ORDER BY 1");
}

/// Names the tables that were copied while writers waited.
std::string copied_in_hold(const nlohmann::json& report) {
  std::string names;
  for (const nlohmann::json& one : report["switchover"]["carried"]) {
    if (one.contains("seconds")) names += one["object"].get<std::string>() + " ";
  }
  return names;
}

/// Makes a tablespace, and returns its name.
std::string tablespace(const support::Database& database, const std::string& name) {
  database.psql("SET allow_in_place_tablespaces = on;\nCREATE TABLESPACE " + name + " LOCATION ''");
  return name;
}

TEST_F(Carry, CopiesWhatHasChangedOfUnloggedAndLaterTables) {
  old_.psql(kUnfollowed);
  const std::string old_space = tablespace(old_, "old_" + old_.name());
  const std::string new_space = tablespace(new_, "new_" + new_.name());
  follow({"--map-tablespace", old_space + "=" + new_space});
  old_.psql(
      "INSERT INTO cache VALUES (2, 'two'); UPDATE hits SET n = 5; CREATE TABLE late (id serial PRIMARY KEY,"
      " account int REFERENCES accounts, note text) TABLESPACE " +
      old_space +
      "; CREATE INDEX ON late (note); INSERT INTO late (account)"
      " VALUES (1), (2); CREATE TABLE keyless (n int); INSERT INTO keyless VALUES (1), (1)");
  const nlohmann::json status = support::haul({"status", new_.uri()}).report["live"];
  EXPECT_EQ(status["carried"]["tables"], 3) << status;
  EXPECT_EQ(status["carried"]["large_objects"], false) << status;
  const std::string writing =
      "psql -XAtq -c \"DELETE FROM cache WHERE id = 2; INSERT INTO late (account, note) "
      "VALUES (3, 'in the last moment'); INSERT INTO keyless VALUES (1)\" '" +
      old_.uri() + "'";
  const support::Haul switched = switch_over({"--prove-first", "--on-hold", writing});
  ASSERT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(switched.report["switchover"]["proved"], true) << switched.report["switchover"];
  EXPECT_EQ(copied_in_hold(switched.report), "table public.cache table public.late table public.keyless ");
  EXPECT_EQ(carried_rows(new_), carried_rows(old_));
  EXPECT_EQ(new_.psql("SELECT tablespace FROM pg_tables WHERE tablename = 'late'"), new_space);
  for (const char* writer : {"INSERT INTO cache VALUES (3)", "TRUNCATE still", "DELETE FROM late"})
    EXPECT_EQ(refused(writer), "25006") << writer;

  // And back, which waits until the other server follows.
  new_.psql("INSERT INTO cache VALUES (9, 'new'); INSERT INTO late (account) VALUES (9)");
  const support::Haul back = support::haul(
      {"switchover", "--back", "--confirm", old_.name(), "--at-most", "20s", old_.uri(), new_.uri()});
  ASSERT_EQ(back.exit_status, 0) << back.err;
  EXPECT_EQ(back.report["switchover"]["proved"], true) << back.report["switchover"];
  EXPECT_EQ(copied_in_hold(back.report), "");
  EXPECT_EQ(carried_rows(new_), carried_rows(old_));
  EXPECT_EQ(old_.psql("SELECT note FROM cache WHERE id = 9"), "new");
  old_.psql("INSERT INTO cache VALUES (10, 'old')");
}

/// Nobody waits for what can't be done in time: it is known before writers are held.
TEST_F(Carry, IsGivenUpBeforeWritersWaitWhereItTakesTooLong) {
  old_.psql(
      "CREATE UNLOGGED TABLE cache (id int PRIMARY KEY, note text);"
      "INSERT INTO cache SELECT i, repeat(md5(i::text), 10) FROM generate_series(1, 400000) AS i");
  follow();
  const std::string writing = "psql -XAtqc 'UPDATE cache SET note = NULL WHERE id = 1' '" + old_.uri() + "'";
  // Written to once the table has been looked at: by the first attempt, which then fails.
  const support::Haul switched =
      switch_over({"--attempts", "3", "--at-most", "0.8s", "--on-hold", writing + "; exit 1"});
  EXPECT_EQ(switched.exit_status, 7) << switched.err;
  EXPECT_NE(switched.err.find("copying them again takes longer than the"), std::string::npos) << switched.err;
  std::size_t held = 0;
  for (const nlohmann::json& step : switched.report["switchover"]["steps"])
    held += step.value("step", "") == "approach" ? 1 : 0;
  EXPECT_EQ(held, 1U) << switched.report["switchover"]["steps"];
  EXPECT_EQ(refused("INSERT INTO cache VALUES (0)"), "");
}

TEST_F(Carry, CopiesLargeObjectsThatHaveChanged) {
  old_.psql(
      "SELECT lo_from_bytea(9001, 'one'), lo_from_bytea(9002, 'two'), lo_from_bytea(9003, 'three');"
      "SELECT lo_from_bytea(9004, decode(repeat('ab', 700000), 'hex'))");
  follow();
  old_.psql(
      "SELECT lo_put(9001, 1, 'x'), lo_unlink(9002), lo_from_bytea(9005, ''); GRANT SELECT ON LARGE "
      "OBJECT 9005 TO PUBLIC");
  const std::string writing =
      "psql -XAtqc \"SELECT lo_put(9003, 0, 'T'), lo_create(9006)\" '" + old_.uri() + "'";
  const support::Haul switched = switch_over({"--prove-first", "--on-hold", writing});
  ASSERT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(switched.report["switchover"]["proved"], true) << switched.report["switchover"];
  EXPECT_EQ(copied_in_hold(switched.report), "large objects ");
  const std::string objects =
      "SELECT m.oid, md5(lo_get(m.oid)), lomacl FROM pg_largeobject_metadata AS m ORDER BY 1";
  EXPECT_EQ(new_.psql(objects), old_.psql(objects));
  EXPECT_EQ(new_.psql("SELECT count(*) FROM pg_largeobject_metadata"), "5");
}

/// The live copy's options hold for its switchover, which knows them from the journal.
TEST_F(Carry, LeavesOutWhatTheLiveCopyLeftOut) {
  const std::string role = "owner_of_" + old_.name();
  old_.psql("CREATE ROLE " + role +
            "; CREATE UNLOGGED TABLE cache (id int PRIMARY KEY); SELECT lo_create(9001)");
  follow({"-O", "-x", "-B"});
  old_.psql("CREATE TABLE late (id int PRIMARY KEY); ALTER TABLE late OWNER TO " + role +
            "; GRANT SELECT ON late, accounts TO " + role +
            "; INSERT INTO cache VALUES (1); SELECT lo_create(9002)");
  const support::Haul switched = switch_over();
  EXPECT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(switched.report["status"], "switched");
  EXPECT_EQ(new_.psql("SELECT pg_get_userbyid(relowner), relacl FROM pg_class WHERE relname = 'late'"),
            "postgres|");
  EXPECT_EQ(new_.psql("SELECT count(*) FROM pg_largeobject_metadata"), "0");
  EXPECT_EQ(new_.psql("SELECT count(*) FROM cache"), "1");
  const support::Haul back = support::haul(
      {"switchover", "--back", "--confirm", old_.name(), "--at-most", "20s", old_.uri(), new_.uri()});
  EXPECT_EQ(back.exit_status, 0) << back.err;
  old_.psql("REASSIGN OWNED BY " + role + " TO postgres; DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_F(Carry, IsRefusedBeforehandWhereItTakesTooLong) {
  old_.psql(kUnfollowed);
  follow();
  old_.psql("INSERT INTO cache SELECT i FROM generate_series(100, 5000) AS i");
  const support::Haul refused = switch_over({"--rehearse", "--at-most", "0.001s"});
  EXPECT_EQ(refused.exit_status, 3) << refused.err;
  EXPECT_NE(refused.err.find("table public.cache ("), std::string::npos) << refused.err;
  EXPECT_EQ(refused.err.find("still"), std::string::npos) << refused.err;
  EXPECT_EQ(old_.psql("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pghaul%'"), "0");
  EXPECT_EQ(old_.psql("SELECT count(*) FROM pg_sequences WHERE schemaname = 'pghaul_live'"), "0");
}

}  // namespace
}  // namespace pghaul::live
