#include <gtest/gtest.h>

#include <memory>

#include "platform/machine.h"

namespace pghaul::platform {
namespace {

using support::Process;
using support::ProcessResult;

constexpr const char* kRoles =
    "SELECT rolname, rolcanlogin, rolconnlimit, shobj_description(oid, 'pg_authid') FROM pg_roles "
    "WHERE rolname IN ('app', 'jobs', 'former') ORDER BY 1";

class PlatformMaintenance : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    machine_ = std::make_unique<Machine>();
    machine_->create_cluster("lavender");
    machine_->psql(
        "lavender", "postgres",
        "CREATE ROLE app LOGIN; COMMENT ON ROLE app IS 'the app''s'; CREATE ROLE jobs LOGIN CONNECTION LIMIT "
        "7; CREATE ROLE former NOLOGIN; CREATE ROLE clerk LOGIN");
    machine_->psql("lavender", "postgres", "CREATE DATABASE shop OWNER app");
    machine_->psql(
        "lavender", "shop",
        "CREATE TABLE orders (id int); ALTER TABLE orders OWNER TO app; GRANT INSERT ON orders TO clerk");
    machine_->write(
        "apps/shop.toml",
        "database = \"shop\"\nwriters = [\"app\", \"jobs\", \"former\"]\ndatabases = { LAVENDER = \"" +
            machine_->version() + "/lavender\" }\n");
  }
  static void TearDownTestSuite() { machine_.reset(); }
  void TearDown() override {
    (void)machine_->pghaulctl({"maintenance", "off", "shop"});
    const std::string end =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'shop'";
    while (machine_->psql("lavender", "postgres", end) != "0") {
    }
  }

  /// Starts psql, which does `sql` and stays connected until it is ended; returns once `sql` is done.
  static std::unique_ptr<Process> session(const std::string& role, const std::string& sql) {
    auto process = std::make_unique<Process>(
        std::vector<std::string>{"psql", "-XAtq", "-d", machine_->connection("lavender", "shop", role), "-c",
                                 sql, "-c", "SELECT 'ready'", "-c", "SELECT pg_sleep(600)"});
    while (process->out().find("ready") == std::string::npos) {
      if (process->ends_within(std::chrono::milliseconds(10))) throw std::runtime_error(process->err());
    }
    return process;
  }
  static std::string roles() { return machine_->psql("lavender", "postgres", kRoles); }

  static inline std::unique_ptr<Machine> machine_;
};

TEST_F(PlatformMaintenance, KeepsTheWritersOutAndGivesBackExactlyWhatItTook) {
  const std::string before = roles();
  const auto writer = session("app", "BEGIN; INSERT INTO orders VALUES (1)");
  const ProcessResult on = machine_->pghaulctl({"maintenance", "on", "shop"});
  EXPECT_EQ(on.exit_status, 0) << on.err;
  EXPECT_EQ(on.out, "Enabling maintenance for shop... done\n");
  EXPECT_TRUE(says(writer->wait().err, "terminating connection"));
  const ProcessResult refused = support::run_command(
      {"psql", "-X", "-d", machine_->connection("lavender", "shop", "jobs"), "-c", "SELECT 1"});
  EXPECT_TRUE(says(refused.err, "not permitted to log in"));
  EXPECT_EQ(machine_->pghaulctl({"maintenance", "shop"}).out, "on\n");
  EXPECT_TRUE(says(machine_->pghaulctl({"info", "shop"}).out, "Maintenance: on\n"));

  EXPECT_EQ(machine_->pghaulctl({"maintenance", "on", "shop"}).exit_status, 0);  // twice is once
  EXPECT_EQ(machine_->pghaulctl({"maintenance", "off", "shop"}).out,
            "Disabling maintenance for shop... done\n");
  EXPECT_EQ(roles(), before);
  EXPECT_EQ(machine_->pghaulctl({"maintenance", "shop"}).out, "off\n");
}

TEST_F(PlatformMaintenance, IsNotProvedWhileSomebodyElseWrites) {
  const auto writer = session("clerk", "BEGIN; INSERT INTO orders VALUES (1)");
  const ProcessResult on = machine_->pghaulctl({"maintenance", "on", "shop", "--within", "1"});
  EXPECT_EQ(on.exit_status, 6);
  EXPECT_TRUE(says(on.err, "somebody still writes to the server of shop: clerk in database shop"));
}

TEST_F(PlatformMaintenance, RefusesAPreparedTransactionAndTouchesNothing) {
  machine_->psql("lavender", "shop", "BEGIN; INSERT INTO orders VALUES (1); PREPARE TRANSACTION 'later'");
  const std::string before = roles();
  const ProcessResult on = machine_->pghaulctl({"maintenance", "on", "shop"});
  machine_->psql("lavender", "shop", "ROLLBACK PREPARED 'later'");
  EXPECT_EQ(on.exit_status, 3);
  EXPECT_TRUE(says(on.err, "prepared transactions may still be committed: later"));
  EXPECT_EQ(roles(), before);
}

TEST_F(PlatformMaintenance, RefusesASubscriptionThatWrites) {
  machine_->psql("lavender", "shop",
                 "CREATE SUBSCRIPTION feed CONNECTION 'host=/nowhere' PUBLICATION p WITH (connect = false)");
  machine_->psql("lavender", "shop", "ALTER SUBSCRIPTION feed SET (slot_name = 'feed')");
  machine_->psql("lavender", "shop", "ALTER SUBSCRIPTION feed ENABLE");
  const ProcessResult on = machine_->pghaulctl({"maintenance", "on", "shop"});
  machine_->psql("lavender", "shop", "ALTER SUBSCRIPTION feed DISABLE");
  machine_->psql("lavender", "shop", "ALTER SUBSCRIPTION feed SET (slot_name = NONE)");
  machine_->psql("lavender", "shop", "DROP SUBSCRIPTION feed");
  EXPECT_EQ(on.exit_status, 3);
  EXPECT_TRUE(says(on.err, "subscriptions write into shop: feed"));
}

TEST_F(PlatformMaintenance, NamesWhoMayBecomeAWriterAndCanStillLogIn) {
  machine_->psql("lavender", "postgres", "CREATE ROLE helper LOGIN IN ROLE app");
  const ProcessResult on = machine_->pghaulctl({"maintenance", "on", "shop"});
  machine_->psql("lavender", "postgres", "DROP ROLE helper");
  EXPECT_EQ(on.exit_status, 0) << on.err;
  EXPECT_TRUE(says(on.err, "may become a writer, and can still log in: helper"));
}

TEST_F(PlatformMaintenance, RefusesAWriterThatDoesNotExist) {
  machine_->write("apps/typo.toml", "database = \"shop\"\nwriters = [\"apq\"]\ndatabases = { LILAC = \"" +
                                        machine_->version() + "/lavender\" }\n");
  const ProcessResult on = machine_->pghaulctl({"maintenance", "on", "typo"});
  EXPECT_EQ(on.exit_status, 3);
  EXPECT_TRUE(says(on.err, "there is no role apq, a writer of typo"));
}

}  // namespace
}  // namespace pghaul::platform
