#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>

#include "platform/machine.h"

namespace pghaul::platform {
namespace {

using support::Process;
using support::ProcessResult;

/// One machine for all cases: LAVENDER is live, WHITE does not exist yet, and in GREY something stands in the
/// way.
class PlatformChangeover : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    machine_ = std::make_unique<Machine>();
    machine_->create_cluster("lavender");
    machine_->psql("lavender", "postgres", "CREATE ROLE app LOGIN PASSWORD 'secret' CONNECTION LIMIT 40");
    machine_->psql("lavender", "postgres", "ALTER SYSTEM SET work_mem = '7MB'");
    machine_->psql("lavender", "postgres", "SELECT pg_reload_conf()");
    machine_->psql("lavender", "postgres", "CREATE DATABASE shop OWNER app");
    machine_->psql("lavender", "shop",
                   "CREATE TABLE orders (id bigint PRIMARY KEY, note text); ALTER TABLE orders OWNER TO app; "
                   "INSERT INTO orders SELECT -i, md5(i::text) FROM generate_series(1, 50000) AS i");
    machine_->write("services", "[shop]\nhost=" + machine_->folder() + "\nport=" +
                                    machine_->property("lavender", "port") + "\ndbname=shop\nuser=app\n");
    const std::string version = machine_->version();
    machine_->write("apps/shop.toml",
                    "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER = \"" + version +
                        "/lavender\", WHITE = \"" + version + "/white\", GREY = \"" + version +
                        "/grey\" }\nnames = [\"service:" + machine_->folder() + "/services#shop\"]\n");
  }
  static void TearDownTestSuite() { machine_.reset(); }

  static bool app_may_log_in(const std::string& cluster) {
    return machine_->psql(cluster, "postgres", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app'") ==
           "t";
  }
  static std::set<std::string> lines(const std::string& text) {
    std::istringstream all(text);
    std::set<std::string> found;
    for (std::string line; std::getline(all, line);) found.insert(line);
    return found;
  }

  static inline std::unique_ptr<Machine> machine_;
};

TEST_F(PlatformChangeover, PlanChangesNothing) {
  const ProcessResult done = machine_->pghaulctl({"changeover", "shop", "WHITE", "--plan"});
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_TRUE(says(done.out, " 1 create       WHITE runs, with the settings of LAVENDER          to do\n"));
  EXPECT_TRUE(says(done.out, " 8 open         WHITE takes writes                                 to do\n"));
  EXPECT_TRUE(says(machine_->pghaulctl({"info", "shop"}).out, "=== WHITE\nStatus:      missing"));
  EXPECT_TRUE(app_may_log_in("lavender"));
}

TEST_F(PlatformChangeover, IsRefusedBeforeThePauseByAPreparedTransaction) {
  machine_->psql("lavender", "shop", "BEGIN; INSERT INTO orders VALUES (0); PREPARE TRANSACTION 'later'");
  const ProcessResult done = machine_->pghaulctl({"changeover", "shop", "WHITE"});
  machine_->psql("lavender", "shop", "ROLLBACK PREPARED 'later'");
  EXPECT_EQ(done.exit_status, 3);
  EXPECT_TRUE(says(done.err, "prepared transactions may still be committed: later"));
  EXPECT_TRUE(says(machine_->pghaulctl({"info", "shop"}).out, "=== WHITE\nStatus:      missing"));
}

TEST_F(PlatformChangeover, GivesTheDatabaseBackWhenTheCopyFails) {
  machine_->create_cluster("grey");
  machine_->psql("grey", "postgres", "CREATE DATABASE shop");
  machine_->psql("grey", "shop", "CREATE TABLE precious (id int)");
  const ProcessResult done = machine_->pghaulctl({"changeover", "shop", "GREY"});
  EXPECT_EQ(done.exit_status, 3) << done.out << done.err;
  EXPECT_TRUE(says(done.err, "LAVENDER is live, nothing was lost"));
  EXPECT_TRUE(app_may_log_in("lavender"));
  EXPECT_EQ(machine_->psql("grey", "shop", "SELECT count(*) FROM precious"), "0");
}

/// The last one: WHITE is live afterwards.
TEST_F(PlatformChangeover, LosesNoAcknowledgedWriteThoughItIsKilledAndRunAgain) {
  const auto writer = machine_->start_writer();
  {
    const std::string command = PGHAULCTL_COMMAND;
    const Process killed({command, "changeover", "shop", "WHITE"}, machine_->environment());
    while (killed.out().find("\n 6 copy") == std::string::npos) {
      ASSERT_FALSE(killed.ends_within(std::chrono::milliseconds(10))) << killed.out() << killed.err();
    }
  }
  const ProcessResult done = machine_->pghaulctl({"changeover", "shop", "WHITE"});
  ASSERT_EQ(done.exit_status, 0) << done.out << done.err;
  EXPECT_TRUE(says(done.out, " 5 maintenance  LAVENDER takes no writes, proved                   is so\n"));
  EXPECT_TRUE(says(done.out, "Promoting WHITE to DATABASE_URL on shop... done\n"));
  EXPECT_TRUE(says(done.out, "\nWHITE is live"));

  const std::string highest = "SELECT coalesce(max(id), 0) FROM orders";
  const std::string at_the_end = machine_->psql("white", "shop", highest);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (machine_->psql("white", "shop", highest) == at_the_end) {  // until the writer has found the new one
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the writer has not found the new database";
  }
  machine_->write("stop", "");
  const std::set<std::string> acknowledged = lines(writer->wait().out);
  const std::set<std::string> there =
      lines(machine_->psql("white", "shop", "SELECT id FROM orders WHERE id > 0"));
  EXPECT_FALSE(acknowledged.empty());
  for (const std::string& id : acknowledged) EXPECT_TRUE(there.contains(id)) << id;
  EXPECT_EQ(machine_->psql("white", "shop", "SELECT count(*) FROM orders WHERE id < 0"), "50000");

  EXPECT_FALSE(app_may_log_in("lavender"));
  EXPECT_EQ(machine_->psql("white", "shop", "SHOW work_mem"), "7MB");
  const std::string role = "SELECT rolpassword, rolconnlimit FROM pg_authid WHERE rolname = 'app'";
  EXPECT_EQ(machine_->psql("white", "postgres", role), machine_->psql("lavender", "postgres", role));
  EXPECT_TRUE(says(machine_->pghaulctl({"changeover", "shop", "WHITE"}).out, "WHITE is live"));
}

}  // namespace
}  // namespace pghaul::platform
