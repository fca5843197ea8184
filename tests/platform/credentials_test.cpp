#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "pghaulctl/pointer_text.h"
#include "platform/machine.h"
#include "platform/pgbouncer.h"

namespace pghaul::platform {
namespace {

using support::Process;
using support::ProcessResult;

constexpr const char* kByPassword =
    "local all postgres peer\nlocal replication postgres peer\nlocal all all scram-sha-256\n";

/// A server that lets nobody in without a password, and an application with a name of each kind.
class PlatformCredentials : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    machine_ = std::make_unique<Machine>();
    machine_->create_cluster("lavender");
    port_ = machine_->property("lavender", "port");
    machine_->psql("lavender", "postgres", "ALTER SYSTEM SET log_statement = 'all'");
    set_rules(kByPassword);
    machine_->psql(
        "lavender", "postgres",
        "CREATE ROLE app LOGIN PASSWORD 'first'; ALTER ROLE app SET search_path TO \"$user\", public, "
        "other; CREATE ROLE jobs LOGIN PASSWORD 'first'");
    machine_->psql("lavender", "postgres", "CREATE DATABASE shop OWNER app");
    machine_->psql("lavender", "shop", "CREATE TABLE orders (id int); ALTER TABLE orders OWNER TO app");
    pooler_ = std::make_unique<PgBouncer>(*machine_);
    write_app("shop", "",
              "\"service:" + folder() + "/services#shop\", \"env:" + folder() +
                  "/shop.env#DATABASE_URL\", \"" + pooler_->entry("shop") + "\"");
    write_names({"app", "first"});
  }
  static void TearDownTestSuite() {
    pooler_.reset();
    machine_.reset();
  }

  static const std::string& folder() { return machine_->folder(); }
  static void set_rules(const std::string& rules, const std::string& cluster = "lavender") {
    const std::string file = machine_->write("rules", rules);
    machine_->run({"cp", file, folder() + "/etc/" + machine_->version() + "/" + cluster + "/pg_hba.conf"});
    machine_->psql(cluster, "postgres", "SELECT pg_reload_conf()");
  }
  static void write_app(const std::string& name, const std::string& suffix, const std::string& names) {
    machine_->write("apps/" + name + ".toml",
                    "database = \"shop\"\nwriters = [\"app\", \"jobs\"]\ndatabases = "
                    "{ LAVENDER" +
                        suffix + " = \"" + machine_->version() + "/lavender\" }\nnames = [" + names + "]\n");
  }
  static void write_names(const Login& login) {
    std::string host = folder();
    for (std::size_t at = host.find('/'); at != std::string::npos; at = host.find('/'))
      host.replace(at, 1, "%2F");
    machine_->write("services", "[shop]\nhost=" + folder() + "\nport=" + port_ + "\ndbname=shop\nuser=" +
                                    login.user + "\npassword=" + login.password + "\n");
    machine_->write("shop.env", "DATABASE_URL=postgres://" + login.user + ":" + login.password + "@" + host +
                                    ":" + port_ + "/shop\n");
    machine_->write_secret("pghaul.ini", "[databases]\nshop = host=" + folder() + " port=" + port_ +
                                             " dbname=shop user=" + login.user +
                                             " password=" + login.password + "\n");
  }
  static Login login() { return *read_service_login(machine_->read("services"), "shop"); }
  /// Checks that all names hold the same login, and that each lets the application in by it.
  static void expect_all_log_in_as(const std::string& user) {
    const auto variable = read_variable_login(machine_->read("shop.env"), "DATABASE_URL");
    const auto pool = read_pool_login(machine_->read("pghaul.ini"), "shop");
    ASSERT_TRUE(variable && pool);
    EXPECT_EQ(login().user, user);
    EXPECT_EQ(variable->user, user);
    EXPECT_EQ(variable->password, login().password);
    EXPECT_EQ(pool->user, user);
    EXPECT_EQ(pool->password, login().password);
    const std::string uri = machine_->read("shop.env").substr(std::string("DATABASE_URL=").size());
    const std::string who = "SELECT session_user, current_user";
    EXPECT_EQ(query(uri.substr(0, uri.find('\n')), who).out, user + "|app\n");
    EXPECT_EQ(query("service=shop", who).out, user + "|app\n");
    EXPECT_EQ(pooler_->query("shop", "app", who).out, user + "|app\n");
  }
  static ProcessResult query(const std::string& connection, const std::string& sql) {
    return support::run_command({"psql", "-XAtq", "-d", connection, "-c", sql},
                                {{"PGSERVICEFILE", folder() + "/services"}});
  }
  /// Starts a session of clerk's, which lasts until it is ended; returns once it is there.
  static std::unique_ptr<Process> start_session(const std::string& connection) {
    auto session = std::make_unique<Process>(
        std::vector<std::string>{"psql", "-XAtq", "-d", connection, "-c", "SELECT 'ready'", "-c",
                                 "SELECT pg_sleep(600)"},
        support::Environment{{"PGSERVICEFILE", folder() + "/services"}, {"PGAPPNAME", "clerk"}});
    while (session->out().find("ready") == std::string::npos) {
      if (session->ends_within(std::chrono::milliseconds(10))) throw std::runtime_error(session->err());
    }
    return session;
  }
  static ProcessResult rotate(const std::vector<std::string>& more = {}) {
    std::vector<std::string> all{"credentials", "rotate", "shop"};
    all.insert(all.end(), more.begin(), more.end());
    return machine_->pghaulctl(all);
  }

  static inline std::unique_ptr<Machine> machine_;
  static inline std::unique_ptr<PgBouncer> pooler_;
  static inline std::string port_;
};

/// Waits until a client has connected twice more: what it read before the rotation is then not in use any
/// more.
void wait_for_connections(const Process& client) {
  const auto connections = [&] {
    const std::string out = client.out();
    return std::ranges::count(out, '\n');
  };
  const auto enough = connections() + 2;
  while (connections() < enough) {
    if (client.ends_within(std::chrono::milliseconds(10))) throw std::runtime_error(client.err());
  }
}

TEST_F(PlatformCredentials, RefusesNoConnectionWhileTheyAreRotatedThreeTimes) {
  const ProcessResult planned = rotate({"--plan"});
  EXPECT_EQ(planned.exit_status, 0) << planned.err;
  EXPECT_TRUE(says(planned.out, "app would log in as app_a instead of app\n  service:" + folder()));
  EXPECT_EQ(login().password, "first");
  const std::string loop =
      "while [ ! -e " + folder() +
      "/stop ]; do psql -Xq service=shop -c 'INSERT INTO orders VALUES (1)' && echo done; done";
  Process client({"sh", "-c", loop}, {{"PGSERVICEFILE", folder() + "/services"}});
  std::string passwords;
  for (const char* user : {"app_a", "app_b", "app_a"}) {
    wait_for_connections(client);
    const ProcessResult done = rotate();
    EXPECT_EQ(done.exit_status, 0) << done.err;
    EXPECT_TRUE(
        done.out.starts_with("Rotating credentials of shop... done\napp logs in as " + std::string(user)))
        << done.out;
    expect_all_log_in_as(user);
    EXPECT_FALSE(says(done.out + done.err, login().password));
    EXPECT_FALSE(says(passwords, login().password));
    EXPECT_FALSE(says(machine_->read("log/lavender.log"), login().password));
    passwords += login().password + "\n";
  }
  wait_for_connections(client);
  machine_->write("stop", "");
  EXPECT_EQ(client.wait().err, "");
  EXPECT_TRUE(says(machine_->read("log/lavender.log"), "PASSWORD 'SCRAM-SHA-256$"));

  EXPECT_EQ(query("service=shop", "CREATE TABLE made (id int)").err, "");
  EXPECT_EQ(machine_->psql("lavender", "shop", "SELECT tableowner FROM pg_tables WHERE tablename = 'made'"),
            "app");
  EXPECT_EQ(query("service=shop", "SHOW search_path").out, "\"$user\", public, other\n");
}

TEST_F(PlatformCredentials, EndsEarlierLoginsAndTheirSessions) {
  const auto session = start_session("service=shop");
  const Login former = login();
  const ProcessResult rotated = rotate();
  EXPECT_TRUE(says(rotated.out, "still works as " + former.user + ": clerk (process ")) << rotated.err;
  const ProcessResult ended = rotate({"--end-old"});
  EXPECT_EQ(ended.exit_status, 0) << ended.err;
  EXPECT_TRUE(says(ended.out, "Ending " + former.user + "... done\n"));
  EXPECT_TRUE(says(ended.out, "was ended: clerk (process "));
  EXPECT_TRUE(says(session->wait().err, "terminating connection"));
  const std::string refused = "host=" + folder() + " port=" + port_ + " dbname=shop user=" + former.user +
                              " password=" + former.password;
  EXPECT_TRUE(says(query(refused, "SELECT 1").err, "FATAL"));
  EXPECT_EQ(query("service=shop", "SELECT 1").out, "1\n");
  EXPECT_EQ(rotate({"--end-old"}).out, "app has no earlier login\n");
}

/// It asks who it is before and after a rotation, in one connection to PgBouncer.
TEST_F(PlatformCredentials, TakeAClientOfThePoolerAlongInItsConnection) {
  const Login before = login();
  const std::string who = "SELECT session_user";
  const std::string wait = "\\! until [ -e " + folder() + "/rotated ]; do sleep 0.05; done";
  Process client({"psql", "-XAtq", "-d", "host=" + folder() + " port=6432 dbname=shop user=app", "-c", who,
                  "-c", wait, "-c", who});
  while (client.out().empty()) {
    if (client.ends_within(std::chrono::milliseconds(10))) FAIL() << client.err();
  }
  EXPECT_EQ(rotate().exit_status, 0);
  machine_->write("rotated", "");
  const ProcessResult done = client.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(done.out, before.user + "\n" + login().user + "\n");
}

TEST_F(PlatformCredentials, AreFencedByMaintenanceAndGivenBack) {
  ASSERT_EQ(rotate().exit_status, 0);
  const std::string roles =
      "SELECT rolname, rolcanlogin, shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname ~ '^app' "
      "ORDER "
      "BY 1";
  const std::string before = machine_->psql("lavender", "postgres", roles);
  const ProcessResult on = machine_->pghaulctl({"maintenance", "on", "shop"});
  EXPECT_EQ(on.exit_status, 0) << on.err;
  EXPECT_EQ(on.err, "");
  EXPECT_TRUE(says(query("service=shop", "SELECT 1").err, "not permitted to log in"));
  const ProcessResult refused = rotate();
  EXPECT_EQ(refused.exit_status, 3);
  EXPECT_TRUE(says(refused.err, "maintenance keeps shop out of LAVENDER"));
  EXPECT_EQ(machine_->pghaulctl({"maintenance", "off", "shop"}).exit_status, 0);
  EXPECT_EQ(machine_->psql("lavender", "postgres", roles), before);
}

TEST_F(PlatformCredentials, GoOnWithARotationThatWasInterrupted) {
  const Login before = login();
  std::filesystem::create_directory(folder() +
                                    "/shop.env.pghaulctl");  // in the way of the file's replacement
  const ProcessResult broken = rotate();
  EXPECT_EQ(broken.exit_status, 5);
  const Login next = login();
  EXPECT_NE(next.user, before.user);
  EXPECT_TRUE(says(broken.err, before.user + " and " + next.user + " are both valid"));
  EXPECT_EQ(pooler_->query("shop", "app", "SELECT session_user").out, before.user + "\n");
  const ProcessResult ended = rotate({"--end-old"});
  EXPECT_EQ(ended.exit_status, 3);
  EXPECT_TRUE(says(ended.err, "a rotation of app was interrupted"));
  std::filesystem::remove(folder() + "/shop.env.pghaulctl");
  const ProcessResult done = rotate();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(login().password, next.password);
  expect_all_log_in_as(next.user);
}

TEST_F(PlatformCredentials, TouchNoNameWhenTheServerDoesNotLetTheNextLoginIn) {
  const Login before = login();
  set_rules("local all postgres peer\nlocal shop " + before.user + " scram-sha-256\n");
  const ProcessResult refused = rotate();
  EXPECT_EQ(refused.exit_status, 3);
  EXPECT_TRUE(says(refused.err, "no pg_hba.conf entry"));
  EXPECT_TRUE(says(refused.err, "no name has been touched, and " + before.user + " is valid"));
  expect_all_log_in_as(before.user);
  set_rules(kByPassword);
  EXPECT_EQ(rotate().exit_status, 0);
}

TEST_F(PlatformCredentials, AreRefusedBeforeAnythingIsTouched) {
  const std::string roles = "SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles";
  const std::string before = machine_->psql("lavender", "postgres", roles);
  write_app("other", "2", "\"service:" + folder() + "/services#shop\"");
  EXPECT_TRUE(says(rotate().err, "other logs in as " + login().user + ", too"));
  std::filesystem::remove(folder() + "/apps/other.toml");

  const std::string line = " = host=" + folder() + " port=" + port_ + " dbname=shop";
  machine_->write("plain.ini", "[databases]\nshop" + line + "\nlater" + line + " user=jobs\n");
  write_app("plain", "3", "\"pgbouncer:" + folder() + "/plain.ini#shop via password=s3cret\"");
  const ProcessResult nameless = machine_->pghaulctl({"credentials", "rotate", "plain"});
  EXPECT_EQ(nameless.exit_status, 3);
  EXPECT_TRUE(says(nameless.err, "plain.ini#shop names no user"));
  EXPECT_FALSE(says(nameless.err, "s3cret"));
  write_app("plain", "3",
            "\"service:" +
                machine_->write(
                    "open", "[later]\nuser=jobs\nhost=" + folder() + "\nport=" + port_ + "\ndbname=shop\n") +
                "#later\"");
  EXPECT_TRUE(says(machine_->pghaulctl({"credentials", "rotate", "plain"}).err, "every user may read"));
  std::filesystem::remove(folder() + "/apps/plain.toml");
  machine_->psql("lavender", "postgres", "CREATE ROLE jobs_a LOGIN");
  const ProcessResult foreign = rotate({"jobs"});
  machine_->psql("lavender", "postgres", "DROP ROLE jobs_a");
  EXPECT_TRUE(says(foreign.err, "there is a role jobs_a that 'credentials rotate' has not made"));
  EXPECT_TRUE(says(rotate({"nobody"}).err, "shop has no writer nobody"));
  EXPECT_EQ(machine_->psql("lavender", "postgres", roles), before);
}

TEST_F(PlatformCredentials, ComeAlongWhenAPoolerIsAttached) {
  const Login before = login();
  EXPECT_EQ(machine_->pghaulctl({"pool", "detach", "shop", "pghaul"}).exit_status, 0);
  EXPECT_FALSE(read_pool_login(machine_->read("pghaul.ini"), "shop"));
  ::chmod((folder() + "/pghaul.ini").c_str(), 0644);
  const ProcessResult open = machine_->pghaulctl({"pool", "attach", "shop", "pghaul"});
  EXPECT_EQ(open.exit_status, 3);
  EXPECT_TRUE(says(open.err, "every user may read " + folder() + "/pghaul.ini"));
  EXPECT_FALSE(read_pool(machine_->read("pghaul.ini"), "shop"));
  ::chmod((folder() + "/pghaul.ini").c_str(), 0640);
  const ProcessResult attached = machine_->pghaulctl({"pool", "attach", "shop", "pghaul"});
  EXPECT_EQ(attached.exit_status, 0) << attached.err;
  expect_all_log_in_as(before.user);
  EXPECT_EQ(rotate().exit_status, 0);
  EXPECT_NE(login().user, before.user);
  expect_all_log_in_as(login().user);
}

TEST_F(PlatformCredentials, PrintThePasswordOfAWriterThatNoNameLogsInAs) {
  const ProcessResult done = rotate({"jobs", "--json"});
  ASSERT_EQ(done.exit_status, 0) << done.err;
  const auto report = nlohmann::json::parse(done.out);
  EXPECT_EQ(report["database"], "LAVENDER");
  const auto& jobs = report["writers"][0];
  EXPECT_EQ(jobs["former"], "jobs");
  EXPECT_EQ(jobs["login"], "jobs_a");
  const std::string connection = "host=" + folder() + " port=" + port_ +
                                 " dbname=shop user=jobs_a password=" + jobs["password"].get<std::string>();
  EXPECT_EQ(query(connection, "SELECT current_user").out, "jobs\n");
  EXPECT_TRUE(says(rotate({"jobs"}).out, "jobs logs in as jobs_b; valid until --end-old: jobs, jobs_a\n"));

  const auto elsewhere =
      start_session("host=" + folder() + " port=" + port_ + " dbname=postgres user=jobs password=first");
  const ProcessResult kept = rotate({"jobs", "--end-old"});
  elsewhere->send(SIGKILL);
  EXPECT_EQ(kept.exit_status, 3);
  EXPECT_TRUE(says(kept.err, "jobs works with database postgres, too: clerk"));
}

/// The last one: WHITE is live afterwards, which has had no login role.
TEST_F(PlatformCredentials, GoAlongWhenTheApplicationMoves) {
  machine_->create_cluster("white");
  set_rules(kByPassword, "white");
  machine_->psql("white", "postgres", "CREATE ROLE app LOGIN PASSWORD 'leaked'; CREATE ROLE jobs LOGIN");
  machine_->psql("white", "postgres", "CREATE DATABASE shop OWNER app");
  ASSERT_EQ(rotate().exit_status, 0);
  ASSERT_EQ(rotate({"--end-old"}).exit_status, 0);
  const Login before = login();
  const std::string app = machine_->read("apps/shop.toml");
  const std::string place = "{ LAVENDER";
  std::string both = app;
  machine_->write("apps/shop.toml",
                  both.replace(both.find(place), place.size(),
                               "{ WHITE = \"" + machine_->version() + "/white\", LAVENDER"));
  const ProcessResult moved = machine_->pghaulctl({"promote", "WHITE", "--force"});
  ASSERT_EQ(moved.exit_status, 0) << moved.err;
  port_ = machine_->property("white", "port");
  EXPECT_EQ(login().password, before.password);
  expect_all_log_in_as(before.user);
  EXPECT_EQ(query("service=shop", "SHOW port").out, port_ + "\n");
  EXPECT_TRUE(says(
      query("host=" + folder() + " port=" + port_ + " dbname=shop user=app password=leaked", "SELECT 1").err,
      "FATAL"));
  EXPECT_EQ(rotate().exit_status, 0);
}

}  // namespace
}  // namespace pghaul::platform
