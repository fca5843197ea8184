// Live copies between ends that are reached in other ways than by a superuser on a socket.

#include "live/live_copy.h"

namespace pghaul::live {
namespace {

// $1: the server's data directory
constexpr const char* kMakeSecure = R"(
set -e
cd "$1"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -keyout server.key -out server.crt
chmod 600 server.key
printf 'local all all trust\nhostssl all all 127.0.0.1/32 trust\n' > pg_hba.conf
if [ $(id -u) = 0 ]; then chown postgres: server.key server.crt pg_hba.conf; fi
)";

std::string with_role(std::string uri, const std::string& role) {
  return uri.replace(uri.find("postgres@"), std::string("postgres").size(), role);
}

TEST_F(LiveCopy, IsMadeByOrdinaryRolesWithTlsAndThroughALink) {
  support::Cluster server(logical_options());
  const support::ProcessResult made =
      support::run_command({"bash", "-c", kMakeSecure, "bash", server.folder() + "/data"});
  ASSERT_EQ(made.exit_status, 0) << made.err;
  server.psql("postgres", "ALTER SYSTEM SET ssl = on");
  server.restart();
  server.psql("postgres", "CREATE ROLE live_app LOGIN REPLICATION");
  const support::Database shop(server);
  shop.psql("ALTER DATABASE " + shop.name() +
            " OWNER TO live_app; ALTER SCHEMA public OWNER TO live_app;"
            "SET ROLE live_app; CREATE TABLE t (id int PRIMARY KEY, a text);"
            "INSERT INTO t SELECT i, 'x' FROM generate_series(1, 1000) AS i");
  shop.psql(
      "CREATE FUNCTION quiet() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
      "ALTER FUNCTION quiet() OWNER TO live_app;"
      "CREATE EVENT TRIGGER audit ON ddl_command_end EXECUTE PROCEDURE quiet();"
      "CREATE EVENT TRIGGER of_views ON ddl_command_end WHEN TAG IN ('CREATE VIEW') EXECUTE PROCEDURE "
      "quiet()");
  target_.psql("DROP ROLE IF EXISTS live_app; CREATE ROLE live_app LOGIN; ALTER DATABASE " + target_.name() +
               " OWNER TO live_app");
  const std::string source = with_role(shop.tcp_uri(), "live_app") + "?sslmode=require";
  const std::string target = with_role(target_.uri(), "live_app");
  follower_ = std::make_unique<support::Process>(std::vector<std::string>{
      PGHAUL_COMMAND, "copy", "--follow", "--source-via", PGHAUL_COMMAND, "--no-event-triggers", "--progress",
      "none", "--round-every", "1s", source, target});
  ASSERT_TRUE(target_shows("SELECT stage FROM pghaul_journal.job", "following"));
  shop.psql("UPDATE t SET a = 'y' WHERE id < 10; DELETE FROM t WHERE id = 10; INSERT INTO t VALUES (0, 'z')");
  ASSERT_TRUE(target_shows("SELECT count(*) FROM t WHERE a <> 'x'", "10"));
  EXPECT_EQ(
      shop.psql("SELECT bool_and(s.ssl) FROM pg_stat_replication AS r JOIN pg_stat_ssl AS s USING (pid)"),
      "t");
  ASSERT_TRUE(target_shows("SELECT count(*) FROM pghaul_journal.follow_unproved", "0"));
  ASSERT_TRUE(target_shows("SELECT different FROM pghaul_journal.follow_status", ""));
  const support::ProcessResult ended = interrupt();
  EXPECT_EQ(ended.exit_status, 130) << ended.err;
  EXPECT_NE(ended.err.find("event trigger audit of the source fires"), std::string::npos) << ended.err;
  EXPECT_EQ(ended.err.find("event trigger of_views of the source"), std::string::npos) << ended.err;
  EXPECT_EQ(shop.psql("SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM t"),
            target_.psql("SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM t"));
  const support::Haul abandoned = support::haul({"abandon", source, target});
  EXPECT_EQ(abandoned.exit_status, 0) << abandoned.err;
  target_.psql("REASSIGN OWNED BY live_app TO postgres; DROP OWNED BY live_app; DROP ROLE live_app");
}

}  // namespace
}  // namespace pghaul::live
