// What clients behind PgBouncer see while their database moves: they wait, and none is refused.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <memory>
#include <optional>

#include "platform/machine.h"
#include "platform/pgbouncer.h"

namespace pghaul::platform {
namespace {

using support::Process;
using support::ProcessResult;

/// LAVENDER is live behind PgBouncer, WHITE does not exist yet. The application has a hook, which does what a
/// file of its folder says for that moment: between `before` and `after` clients wait.
class PlatformPooled : public testing::Test {
 protected:
  PlatformPooled() {
    machine_.create_cluster("lavender");
    machine_.psql("lavender", "postgres", "CREATE ROLE app LOGIN");
    machine_.psql("lavender", "postgres", "ALTER SYSTEM SET wal_level = logical");
    machine_.psql("lavender", "postgres", "CREATE DATABASE shop OWNER app");
    machine_.control("lavender", "restart");
    machine_.psql("lavender", "shop",
                  "CREATE TABLE orders (id bigint PRIMARY KEY); ALTER TABLE orders OWNER TO app");
    machine_.write("hook", "#!/bin/sh\n[ ! -e " + folder() + "/at_$1 ] || . " + folder() + "/at_$1\n");
    ::chmod((folder() + "/hook").c_str(), 0755);
    pooler_.emplace(machine_);
    const std::string version = machine_.version();
    machine_.write("apps/shop.toml", "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER = \"" +
                                         version + "/lavender\", WHITE = \"" + version +
                                         "/white\" }\nnames = [\"" + pooler_->entry("shop") +
                                         "\", \"hook:" + folder() + "/hook\"]\n");
    run({"pool", "attach", "shop", "pghaul"});
    writer_ = start_client();
    wait_for_client();
  }

  [[nodiscard]] const std::string& folder() const { return machine_.folder(); }
  void run(const std::vector<std::string>& arguments) const {
    const ProcessResult done = machine_.pghaulctl(arguments);
    EXPECT_EQ(done.exit_status, 0) << done.out << done.err;
  }
  /// Starts a client that inserts one row after another in one connection, and prints those that were
  /// acknowledged, until there is a file `stop` in the folder.
  [[nodiscard]] std::unique_ptr<Process> start_client() const {
    const std::string loop = "i=0; while [ ! -e " + folder() +
                             "/stop ]; do i=$((i+1)); echo \"INSERT INTO orders VALUES ($i) RETURNING id;\"; "
                             "sleep 0.01; done | psql -XAtq -d 'host=" +
                             folder() + " port=6432 dbname=shop user=app'";
    return std::make_unique<Process>(std::vector<std::string>{"sh", "-c", loop});
  }
  /// Returns once another row of the client has been acknowledged.
  void wait_for_client() const {
    const std::size_t before = writer_->out().size();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (writer_->out().size() == before) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the client waits: " << writer_->err();
    }
  }
  /// Ends the client; checks that every acknowledged row is in the cluster, once. Returns its errors.
  [[nodiscard]] std::string end_client_of(const std::string& cluster) {
    machine_.write("stop", "");
    const ProcessResult done = writer_->wait();
    expect_rows(cluster, done.out);
    return done.err;
  }
  void expect_rows(const std::string& cluster, const std::string& acknowledged) const {
    EXPECT_EQ(machine_.psql(cluster, "shop", "SELECT string_agg(id || E'\\n', '' ORDER BY id) FROM orders"),
              acknowledged.substr(0, acknowledged.size() - 1));
  }
  /// Starts a changeover in whose pause `command` is run, once.
  [[nodiscard]] ProcessResult change_over_and(const std::string& command) const {
    machine_.write("at_before", "rm " + folder() + "/at_before\n" + command + "\n");
    return machine_.pghaulctl({"changeover", "shop", "WHITE", "--by", "live"});
  }
  [[nodiscard]] std::string killing(const std::string& cluster) const {
    return "pg_ctlcluster " + machine_.version() + " " + cluster +
           " stop --mode immediate --skip-systemctl-redirect";
  }
  [[nodiscard]] bool points_at(const std::string& cluster) const {
    return machine_.read("pghaul.ini").find(machine_.property(cluster, "port")) != std::string::npos;
  }

  Machine machine_;
  std::optional<PgBouncer> pooler_;
  std::unique_ptr<Process> writer_;
};

TEST_F(PlatformPooled, SeesNoErrorOfALiveChangeoverThereAndBack) {
  run({"changeover", "shop", "WHITE", "--by", "live"});
  wait_for_client();
  run({"changeover", "shop", "back"});
  wait_for_client();
  EXPECT_EQ(end_client_of("lavender"), "");
}

TEST_F(PlatformPooled, SeesNoErrorOfMaintenanceAndAPromotion) {
  run({"follow", "WHITE", "--of", "shop"});
  run({"maintenance", "on", "shop"});
  run({"promote", "WHITE"});
  run({"maintenance", "off", "shop"});
  wait_for_client();
  EXPECT_EQ(end_client_of("white"), "");
}

TEST_F(PlatformPooled, GoesOnAtTheFormerDatabaseWhenTheNextOneIsKilledWithinThePause) {
  const ProcessResult failed = change_over_and(killing("white"));
  EXPECT_NE(failed.exit_status, 0);
  EXPECT_TRUE(says(failed.err, "LAVENDER is live, nothing was lost\n"));
  wait_for_client();
  machine_.control("white", "start");
  run({"changeover", "shop", "WHITE", "--by", "live"});
  wait_for_client();
  EXPECT_EQ(end_client_of("white"), "");
}

/// PgBouncer has met a server that was down: its client waits until it tries again (server_login_retry).
TEST_F(PlatformPooled, StaysAtTheFormerDatabaseWhenThatIsKilledWithinThePause) {
  const ProcessResult failed = change_over_and(killing("lavender"));
  EXPECT_NE(failed.exit_status, 0);
  EXPECT_TRUE(points_at("lavender"));
  machine_.control("lavender", "start");
  run({"changeover", "shop", "WHITE", "--by", "live"});
  EXPECT_TRUE(points_at("white"));
  expect_rows("white", writer_->out());
}

TEST_F(PlatformPooled, GoesForwardWhenThePoolerIsKilledWithinThePause) {
  const ProcessResult half = change_over_and("kill -KILL $(cat " + folder() + "/pgbouncer.pid)");
  EXPECT_EQ(half.exit_status, 5);
  EXPECT_TRUE(says(half.err, "WHITE is live; not every name points at it yet"));
  EXPECT_TRUE(says(half.err, "hint: once that is cured: pghaulctl promote WHITE"));
  machine_.run({"rm", "-f", folder() + "/pgbouncer.pid", folder() + "/.s.PGSQL.6432"});
  machine_.run({"pgbouncer", "--daemon", folder() + "/pgbouncer.ini"});
  run({"promote", "WHITE"});
  EXPECT_EQ(pooler_->query("shop", "app", "SHOW cluster_name").out, machine_.version() + "/white\n");
  (void)end_client_of("white");
}

}  // namespace
}  // namespace pghaul::platform
