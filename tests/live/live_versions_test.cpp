// Whole live copies between versions of PostgreSQL, into a newer one and into an older one. Switchovers go
// from 11.

#include <utility>

#include "live/live_copy.h"
#include "support/versions.h"

namespace pghaul::live {
namespace {

class LiveVersions : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(LiveVersions, CopyAndFollow) {
  const support::Version from = support::find_version(GetParam().first);
  const support::Version to = support::find_version(GetParam().second);
  if (!(from.missing + to.missing).empty()) GTEST_SKIP() << from.missing << to.missing;
  const support::Environment clients = {{"PATH", support::path_with_fetched_clients()}};
  const support::Cluster source_server(logical_options(from.server_bin));
  const support::Cluster target_server(logical_options(to.server_bin));
  const support::Database source(source_server);
  const support::Database target(target_server);
  // From 15 on its owner is another one, and it is not open to all.
  source.psql("ALTER SCHEMA public OWNER TO postgres; GRANT ALL ON SCHEMA public TO postgres, PUBLIC");
  target.psql("ALTER SCHEMA public OWNER TO postgres");
  source.psql(
      "CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text, at timestamptz);"
      "CREATE TABLE days (day int, n float8, PRIMARY KEY (day, n)) PARTITION BY LIST (day);"
      "CREATE TABLE days_0 PARTITION OF days FOR VALUES IN (0); CREATE TABLE days_1 PARTITION OF days "
      "DEFAULT;"
      "CREATE TABLE log (n numeric, doc jsonb); ALTER TABLE log REPLICA IDENTITY FULL;"
      "INSERT INTO notes (body, at) SELECT 'note', now() FROM generate_series(1, 100);"
      "INSERT INTO days SELECT i % 3, i / 3.0 FROM generate_series(1, 100) AS i;"
      "INSERT INTO log VALUES (1.0, '{}'), (1.00, '{}')");
  const std::string contents =
      "SET TimeZone = UTC; SET extra_float_digits = 0; SELECT r::text FROM notes AS r UNION ALL SELECT "
      "tableoid::regclass || r::text FROM days AS r UNION ALL SELECT r::text FROM log AS r ORDER BY 1";
  support::Process follower({PGHAUL_COMMAND, "copy", "--follow", source.uri(), target.uri(), "--progress",
                             "none", "--round-every", "1s"},
                            clients);
  const auto becomes_true = [&](auto&& what) {
    const auto deadline = steady_clock::now() + kLongEnough;
    while (steady_clock::now() < deadline) {
      try {
        if (what()) return true;
      } catch (const std::exception&) {  // not there yet
      }
      if (follower.ends_within(milliseconds(20))) return false;
    }
    return false;
  };
  ASSERT_TRUE(becomes_true([&] {
    return target.psql("SELECT stage FROM pghaul_journal.job") == "following";
  })) << follower.err();
  source.psql(
      "UPDATE notes SET body = body || '.' WHERE id % 2 = 0; DELETE FROM notes WHERE id < 10;"
      "UPDATE days SET day = 1 - day WHERE day < 2 AND n > 20; DELETE FROM log WHERE ctid = '(0,2)';"
      "INSERT INTO log VALUES ('NaN', '[1.0]'); INSERT INTO notes (body) VALUES (NULL)");
  const std::string wanted = source.psql(contents);
  EXPECT_TRUE(becomes_true([&] { return target.psql(contents) == wanted; })) << follower.err();
  const std::string now =
      source.psql("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
  nlohmann::json live;
  EXPECT_TRUE(becomes_true([&] {
    live = support::haul({"status", target.uri()}).report["live"];
    return live.value("proved_until", "") > now;
  })) << live;
  EXPECT_EQ(live["different"], nlohmann::json::array());
  follower.send(SIGINT);
  EXPECT_EQ(follower.wait().exit_status, 130);
}

INSTANTIATE_TEST_SUITE_P(Of, LiveVersions, testing::Values(std::pair(13, 18), std::pair(18, 13)));

}  // namespace
}  // namespace pghaul::live
