#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "pghaul/pghaul.h"
#include "platform/other_host.h"
#include "platform/other_version.h"
#include "support/repetitions.h"

namespace pghaul::platform {
namespace {

using support::Process;
using support::ProcessResult;

constexpr int kOther = 17;

/// LAVENDER is of this machine and live; the others are to be of another major version, on another host, db2.
class PlatformOtherHostUpgrade : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    other_ = std::make_unique<OtherVersion>(kOther);
    if (!other_->missing().empty()) return;
    machine_ = std::make_unique<Machine>();
    db2_ = std::make_unique<OtherHost>(*machine_, "db2");
    machine_->create_shop("lavender");
    machine_->psql("lavender", "shop", "CREATE UNLOGGED TABLE carts (id int); INSERT INTO carts VALUES (1)");
    write_app();
  }
  static void TearDownTestSuite() {
    db2_.reset();
    machine_.reset();
    other_.reset();
  }
  void SetUp() override {
    if (!other_->missing().empty()) GTEST_SKIP() << other_->missing();
  }

  /// Followers connect to LAVENDER by its socket, which both hosts have.
  static void write_app(const std::string& more = {}) {
    const auto there = [](const char* name) {
      return "\"" + db2_->command() + ": 17/pghaul-test-" + name + " at " + db2_->folder() + "\"";
    };
    machine_->write("apps/shop.toml",
                    "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER = \"" +
                        machine_->version() + "/lavender at " + machine_->folder() + "\", WHITE = " +
                        there("white") + ", GREEN = " + there("green") + ", PINK = " + there("pink") + more +
                        " }\nnames = [\"service:" + machine_->folder() + "/services#shop\"]\n");
  }
  static std::string there(const std::string& cluster, const std::string& sql) {
    return db2_->psql("pghaul-test-" + cluster, "shop", sql);
  }
  static ProcessResult succeed(const std::vector<std::string>& arguments) {
    ProcessResult done = machine_->pghaulctl(arguments);
    EXPECT_EQ(done.exit_status, 0) << done.out << done.err;
    return done;
  }
  /// Starts pghaulctl, and returns once pg_upgrade has begun to hand over the files of a cluster on db2.
  static std::unique_ptr<Process> start_until_pg_upgrade_hands_over(
      const std::string& cluster, const std::vector<std::string>& arguments) {
    const std::string begun = db2_->property("pghaul-test-" + cluster, "pgdata") + "/global/pg_control.old";
    std::vector<std::string> argv{PGHAULCTL_COMMAND};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    auto run = std::make_unique<Process>(argv, machine_->environment());
    while (!std::filesystem::exists(begun) && !run->ends_within(std::chrono::milliseconds(5))) {
    }
    return run;
  }
  /// Breaks the lines to db2 of a pghaulctl: what it has started there goes on.
  static void break_lines(pid_t pid) {
    const std::string process = "/proc/" + std::to_string(pid);
    std::ifstream children(process + "/task/" + std::to_string(pid) + "/children");
    for (pid_t child = 0; children >> child;) {
      std::ifstream file("/proc/" + std::to_string(child) + "/cmdline");
      const std::string command{std::istreambuf_iterator<char>(file), {}};
      if (command.find("serve-host") == std::string::npos) continue;
      break_lines(child);
      ::kill(child, SIGKILL);
    }
  }
  static void refuse(const std::vector<std::string>& arguments, const std::string& reason) {
    const ProcessResult done = machine_->pghaulctl(arguments);
    EXPECT_EQ(done.exit_status, PGHAUL_EXIT_REFUSED) << done.out << done.err;
    EXPECT_TRUE(says(done.err, reason));
  }

  static inline std::unique_ptr<OtherVersion> other_;
  static inline std::unique_ptr<Machine> machine_;
  static inline std::unique_ptr<OtherHost> db2_;
};

TEST_F(PlatformOtherHostUpgrade, IsPreparedTriedCancelledAndRun) {
  ASSERT_EQ(succeed({"follow", "PINK", "--of", "shop"}).exit_status, 0);
  EXPECT_TRUE(says(succeed({"upgrade", "prepare", "PINK"}).out,
                   "\n2 tables: pg_upgrade takes about 50.0 MB of memory\n"));
  succeed({"upgrade", "cancel", "PINK"});
  refuse({"upgrade", "cancel", "PINK"}, "no upgrade of PINK to 17 is prepared");
  EXPECT_TRUE(
      says(succeed({"upgrade", "dryrun", "PINK"}).out, "Upgrading PINK_dryrun to PostgreSQL 17... done, "));
  succeed({"upgrade", "run", "PINK", "--force"});
  EXPECT_EQ(succeed({"upgrade", "wait", "PINK"}).out, "");
  EXPECT_EQ(there("pink",
                  "SELECT count(*), current_setting('server_version_num')::int / 10000, (SELECT "
                  "reltuples FROM pg_class WHERE relname = 'orders') FROM orders"),
            "1000|17|1000");
  EXPECT_EQ(machine_->psql("lavender", "postgres", "SELECT count(*) FROM pg_replication_slots"), "0");
  EXPECT_EQ(succeed({"destroy", "PINK", "--confirm", "shop"}).out, "Destroying PINK on shop... done\n");
}

/// pg_upgrade goes on when the one who has started it is gone, and the next run completes what it did.
TEST_F(PlatformOtherHostUpgrade, IsCompletedAfterAnEndWithinPgUpgrade) {
  if (support::repetitions("PGHAUL_TEST_KILLS", 0) == 0)
    GTEST_SKIP() << "it takes a minute: set PGHAUL_TEST_KILLS";
  ASSERT_EQ(succeed({"follow", "PINK", "--of", "shop"}).exit_status, 0);
  succeed({"upgrade", "prepare", "PINK"});
  const std::vector<std::string> arguments{"upgrade", "run", "PINK", "--force"};
  const auto run = start_until_pg_upgrade_hands_over("pink", arguments);
  run->send(SIGKILL);
  (void)run->wait();
  const ProcessResult done = machine_->pghaulctl(arguments);
  EXPECT_TRUE(says(done.out, "Completing the upgrade of PINK to PostgreSQL 17... done\n")) << done.err;
  EXPECT_EQ(there("pink",
                  "SELECT count(*), current_setting('server_version_num')::int / 10000, (SELECT "
                  "reltuples FROM pg_class WHERE relname = 'orders') FROM orders"),
            "1000|17|1000");
  EXPECT_EQ(db2_->property("pghaul-test-pink", "version"), "17");
  const std::filesystem::path log = db2_->property("pghaul-test-pink", "logfile");
  EXPECT_FALSE(std::filesystem::exists(log.parent_path() / "delete_old_cluster.sh"));
  succeed({"destroy", "PINK", "--confirm", "shop"});
}

/// What pg_upgrade finds lies in a file of that host.
TEST_F(PlatformOtherHostUpgrade, SaysWhatPgUpgradeFindsThere) {
  machine_->psql("lavender", "shop",
                 "CREATE TABLE odd (of name[], it aclitem); ALTER TABLE odd OWNER TO app");
  succeed({"follow", "PINK", "--of", "shop"});
  refuse({"upgrade", "prepare", "PINK"}, "public.odd.it");
  machine_->psql("lavender", "shop", "DROP TABLE odd");
  succeed({"destroy", "PINK", "--confirm", "shop"});
}

/// The line breaks within pg_upgrade; the same command goes on.
TEST_F(PlatformOtherHostUpgrade, IsConvertedWhileTheApplicationWritesAndLeft) {
  const auto writer = machine_->start_writer();
  ASSERT_EQ(succeed({"follow", "WHITE", "--of", "shop"}).exit_status, 0);
  const std::vector<std::string> arguments{"changeover", "shop", "WHITE", "--by",
                                           "live",       "--to", "17",    "--prove"};
  const auto first = start_until_pg_upgrade_hands_over("white", arguments);
  break_lines(first->pid());
  const ProcessResult broken = first->wait();
  EXPECT_EQ(broken.exit_status, PGHAUL_EXIT_UNREACHABLE) << broken.out << broken.err;
  EXPECT_TRUE(says(broken.err, "may run there still, and goes on without the line\n"));
  EXPECT_TRUE(says(broken.err, "LAVENDER is live, nothing was lost"));
  const ProcessResult done = machine_->pghaulctl(arguments);
  EXPECT_EQ(done.exit_status, 0) << done.out << done.err;
  EXPECT_TRUE(says(done.out, "Completing the upgrade of WHITE to PostgreSQL 17... done\n"));
  EXPECT_TRUE(says(done.out, "WHITE has left LAVENDER at one moment, with PostgreSQL 17"));
  EXPECT_TRUE(says(done.out, ", every row compared\n"));
  EXPECT_EQ(there("white", "SELECT current_setting('server_version_num')::int / 10000"), "17");
  EXPECT_EQ(there("white", "SELECT count(*) FROM carts"), "1");
  succeed({"changeover", "shop", "back"});
  machine_->write("stop", "");
  const std::string written = writer->wait().out;
  EXPECT_EQ(machine_->psql("lavender", "shop",
                           "SELECT string_agg(id || E'\\n', '' ORDER BY id) FROM orders WHERE id > 0"),
            written.substr(0, written.size() - 1));
  succeed({"changeover", "shop", "finish"});
  succeed({"destroy", "WHITE", "--confirm", "shop"});
}

TEST_F(PlatformOtherHostUpgrade, IsUpgradedWhileWritesAreRefused) {
  if (support::repetitions("PGHAUL_TEST_KILLS", 0) == 0)
    GTEST_SKIP() << "it takes a minute, and PlatformSsh does so, too: set PGHAUL_TEST_KILLS";
  const ProcessResult done = succeed({"changeover", "shop", "GREEN", "--by", "upgrade", "--to", "17"});
  EXPECT_TRUE(says(done.out, "GREEN has all of LAVENDER, with PostgreSQL 17      done\n"));
  EXPECT_EQ(there("green", "SELECT count(*) FROM orders WHERE id < 0"), "1000");
  EXPECT_TRUE(says(machine_->read("services"), "host=" + db2_->folder() + "\n"));
  EXPECT_EQ(machine_->psql("lavender", "postgres",
                           "SELECT rolcanlogin, (SELECT count(*) FROM pg_replication_slots) FROM pg_roles "
                           "WHERE rolname = 'app'"),
            "f|0");
}

/// Its leader and it are both elsewhere, on hosts of their own.
TEST_F(PlatformOtherHostUpgrade, IsFollowedAndLeftFromAThirdHost) {
  if (support::repetitions("PGHAUL_TEST_KILLS", 0) == 0)
    GTEST_SKIP() << "it takes a minute: set PGHAUL_TEST_KILLS";
  const OtherHost db3(*machine_, "db3");
  write_app(", BLUE = \"" + db3.command() + ": 17/pghaul-test-blue at " + db3.folder() + "\"");
  const ProcessResult done = succeed({"changeover", "shop", "BLUE", "--by", "live"});
  EXPECT_TRUE(says(done.out, "BLUE has left GREEN at one moment"));
  EXPECT_TRUE(says(done.out, ", every row compared\n"));
  EXPECT_EQ(db3.psql("pghaul-test-blue", "shop", "SELECT count(*) FROM orders WHERE id < 0"), "1000");
  succeed({"changeover", "shop", "finish"});
}

}  // namespace
}  // namespace pghaul::platform
