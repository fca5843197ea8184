// Switchovers from an older PostgreSQL to a newer one, and back.

#include "live/logical_server.h"
#include "support/database.h"
#include "support/pghaul.h"
#include "support/process.h"
#include "support/versions.h"

#include <gtest/gtest.h>

#include <csignal>
#include <utility>

namespace pghaul::live {
namespace {

class SwitchoverVersions : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(SwitchoverVersions, GoToTheNewerOneAndBack) {
  const support::Version older = support::find_version(GetParam().first);
  const support::Version newer = support::find_version(GetParam().second);
  if (!(older.missing + newer.missing).empty()) GTEST_SKIP() << older.missing << newer.missing;
  const support::Environment clients = {{"PATH", support::path_with_fetched_clients()}};
  const support::Cluster old_server(logical_options(older.server_bin));
  const support::Cluster new_server(logical_options(newer.server_bin));
  const support::Database old_database(old_server);
  const support::Database new_database(new_server);
  old_database.psql(
      "CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text, at timestamptz);"
      "CREATE TABLE days (day int, n float8, PRIMARY KEY (day, n)) PARTITION BY LIST (day);"
      "CREATE TABLE days_0 PARTITION OF days FOR VALUES IN (0);"
      "CREATE UNLOGGED TABLE cache (id int PRIMARY KEY); SELECT lo_from_bytea(9001, 'one');"
      "INSERT INTO notes (body) VALUES ('first'); INSERT INTO days VALUES (0, 0.1)");
  const auto contents = [](const support::Database& database) {
    return database.psql(
        "SET TimeZone = UTC; SET extra_float_digits = 0; SELECT r::text FROM notes AS r UNION ALL SELECT "
        "r::text FROM cache AS r UNION "
        "ALL "
        "SELECT day || ' ' || n::text FROM days AS r UNION ALL SELECT md5(lo_get(oid)) FROM "
        "pg_largeobject_metadata ORDER BY 1");
  };
  support::Process follower(
      {PGHAUL_COMMAND, "copy", "--follow", old_database.uri(), new_database.uri(), "--progress", "none"},
      clients);
  const auto switch_over = [&](bool back) {
    const support::Database& from = back ? new_database : old_database;
    const support::Database& to = back ? old_database : new_database;
    from.psql(
        "INSERT INTO notes (body, at) VALUES ('next', now()); INSERT INTO days SELECT 0, min(n) / 3 FROM "
        "days;"
        "INSERT INTO cache SELECT count(*) FROM cache; SELECT lo_put(9001, 3, '!')");
    std::vector<std::string> arguments{
        "switchover", old_database.uri(), new_database.uri(), "--confirm", to.name(), "--at-most", "20s"};
    if (back) arguments.push_back("--back");
    const support::Haul switched = support::haul(arguments, clients);
    EXPECT_EQ(switched.exit_status, 0) << switched.err;
    EXPECT_EQ(switched.report["switchover"]["proved"], true);
    EXPECT_EQ(contents(old_database), contents(new_database));
  };
  const auto deadline = std::chrono::steady_clock::now() + kLongEnough;
  bool copied = false;
  while (!copied && std::chrono::steady_clock::now() < deadline) {
    try {
      copied = new_database.psql("SELECT stage FROM pghaul_journal.job") == "following";
    } catch (const std::exception&) {  // not yet
    }
    ASSERT_FALSE(follower.ends_within(std::chrono::milliseconds(20))) << follower.wait().err;
  }
  switch_over(false);
  switch_over(true);
  follower.send(SIGINT);
  EXPECT_EQ(follower.wait().exit_status, 130);
}

INSTANTIATE_TEST_SUITE_P(Of, SwitchoverVersions, testing::Values(std::pair(11, 18)));

}  // namespace
}  // namespace pghaul::live
