#include <gtest/gtest.h>

#include <memory>

#include "platform/machine.h"
#include "platform/other_version.h"
#include "platform/private_folder.h"

namespace pghaul::platform {
namespace {

using support::ProcessResult;

constexpr int kOther = 17;

/// One machine for all cases, in their order: LAVENDER is live, WHITE will be of another major version, if
/// that is there.
class PlatformFollow : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    other_ = std::make_unique<OtherVersion>(kOther);
    machine_ = std::make_unique<Machine>();
    machine_->create_cluster("lavender");
    machine_->psql("lavender", "postgres", "CREATE ROLE app LOGIN");
    machine_->psql("lavender", "postgres", "CREATE DATABASE shop OWNER app");
    machine_->psql(
        "lavender", "shop",
        "CREATE TABLE orders (id bigint PRIMARY KEY); ALTER TABLE orders OWNER TO app; INSERT INTO orders "
        "SELECT generate_series(1, 1000)");
    machine_->write("services", "[shop]\nhost=" + machine_->folder() + "\nport=" +
                                    machine_->property("lavender", "port") + "\ndbname=shop\nuser=app\n");
    machine_->write("apps/shop.toml",
                    "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER = \"" +
                        machine_->version() + "/lavender\", WHITE = \"" + std::to_string(kOther) +
                        "/white\" }\nnames = [\"service:" + machine_->folder() + "/services#shop\"]\n");
  }
  static void TearDownTestSuite() {
    machine_.reset();
    other_.reset();
  }
  static std::string slots() {
    return machine_->psql("lavender", "postgres",
                          "SELECT string_agg(slot_name, ' ') FROM pg_replication_slots");
  }
  static std::string clusters() {
    return machine_->run({"sh", "-c", "cd " + machine_->folder() + "/etc && echo */*"});
  }
  static void succeed(const std::vector<std::string>& arguments, const std::string& out) {
    const ProcessResult done = machine_->pghaulctl(arguments);
    EXPECT_EQ(done.exit_status, 0) << done.out << done.err;
    EXPECT_TRUE(says(done.out, out));
  }
  static void refuse(const std::vector<std::string>& arguments, const std::string& reason) {
    const ProcessResult done = machine_->pghaulctl(arguments);
    EXPECT_EQ(done.exit_status, 3) << done.out << done.err;
    EXPECT_TRUE(says(done.err, reason));
  }

  static inline std::unique_ptr<OtherVersion> other_;
  static inline std::unique_ptr<Machine> machine_;
};

TEST_F(PlatformFollow, FollowsByASlotAndUnfollows) {
  const ProcessResult made = pghaulctl_in_private(*machine_, {"follow", "WHITE", "--of", "shop"});
  EXPECT_EQ(made.out, "Following LAVENDER by WHITE, cluster 15/white... done\n") << made.err;
  succeed({"wait", "WHITE"}, "");
  succeed({"follow", "WHITE", "--of", "shop"}, "WHITE follows LAVENDER already\n");
  EXPECT_EQ(slots(), "pghaulctl_white");
  EXPECT_TRUE(says(machine_->pghaulctl({"info", "shop"}).out, "Followers:   WHITE\n"));
  machine_->psql("lavender", "shop", "INSERT INTO orders VALUES (1001)");
  succeed({"unfollow", "WHITE"}, "WHITE unfollowing... done\n");
  EXPECT_EQ(slots(), "");
  EXPECT_EQ(machine_->psql("white", "postgres", "SELECT name FROM pg_file_settings WHERE name ~ '^primary_'"),
            "");
  EXPECT_EQ(machine_->psql("white", "shop", "INSERT INTO orders VALUES (0) RETURNING pg_is_in_recovery()"),
            "f");
  refuse({"follow", "WHITE", "--of", "shop"}, "WHITE is a database of its own, which would be replaced");
  succeed({"destroy", "WHITE", "--confirm", "shop"}, "Destroying WHITE on shop... done\n");
}

TEST_F(PlatformFollow, MakesAFollowerAnewThatWasLeftUnfinished) {
  machine_->run({"pg_createcluster", machine_->version(), "white", "--datadir",
                 machine_->folder() + "/data/" + machine_->version() + "/white", "--socketdir",
                 machine_->folder()});
  refuse({"follow", "WHITE", "--of", "shop"}, "there is a cluster 15/white already");
  machine_->run(
      {"touch", machine_->folder() + "/etc/" + machine_->version() + "/white/pghaulctl.unfinished"});
  succeed({"follow", "WHITE", "--of", "shop"}, "done\n");
}

TEST_F(PlatformFollow, PreparesAnUpgradeAndTakesItBack) {
  if (!other_->missing().empty()) GTEST_SKIP() << other_->missing();
  const ProcessResult prepared = machine_->pghaulctl({"upgrade", "prepare", "WHITE"});
  EXPECT_TRUE(says(prepared.out, "Preparing WHITE for PostgreSQL 17... done, ")) << prepared.err;
  EXPECT_TRUE(says(prepared.out, "\n1 table: pg_upgrade takes about 50.0 MB of memory\n"));
  EXPECT_EQ(clusters(), "15/lavender 15/white 17/white\n");
  EXPECT_TRUE(says(machine_->pghaulctl({"info", "shop"}).out, "Following:   LAVENDER\n"));
  succeed({"upgrade", "cancel", "WHITE"}, "done, ");
  EXPECT_EQ(clusters(), "15/lavender 15/white\n");
  refuse({"upgrade", "cancel", "WHITE"}, "no upgrade of WHITE to 17 is prepared");
  refuse({"upgrade", "prepare", "WHITE", "--to", "15"}, "15/white is of PostgreSQL 15, and 15 is no newer");
}

TEST_F(PlatformFollow, NamesWhatPgUpgradeCantConvert) {
  if (!other_->missing().empty()) GTEST_SKIP() << other_->missing();
  machine_->psql("lavender", "shop", "CREATE TABLE odd (what regproc)");
  const ProcessResult done = machine_->pghaulctl({"upgrade", "dryrun", "WHITE"});
  EXPECT_EQ(done.exit_status, 3) << done.out;
  EXPECT_TRUE(says(done.err, "public.odd.what"));
  machine_->psql("lavender", "shop", "DROP TABLE odd");
  EXPECT_EQ(clusters(), "15/lavender 15/white\n");
  EXPECT_EQ(slots(), "pghaulctl_white");
}

TEST_F(PlatformFollow, LeavesNoWriteBehindByAnUpgrade) {
  if (!other_->missing().empty()) GTEST_SKIP() << other_->missing();
  refuse({"upgrade", "run", "WHITE"}, "LAVENDER still takes writes of shop, which WHITE would not have");
  succeed({"upgrade", "run", "WHITE", "--force"}, "Upgrading WHITE to PostgreSQL 17... done, ");
  EXPECT_EQ(clusters(), "15/lavender 17/white\n");
  EXPECT_EQ(slots(), "");
  succeed({"upgrade", "wait", "WHITE"}, "");
  machine_->psql("lavender", "shop", "INSERT INTO orders VALUES (1002)");
  succeed({"maintenance", "on", "shop"}, "done");
  refuse({"promote", "WHITE"}, "LAVENDER has written since WHITE was upgraded");
  succeed({"maintenance", "off", "shop"}, "done");
  refuse({"changeover", "shop", "WHITE", "--by", "upgrade"}, "WHITE is a database of its own");
  succeed({"destroy", "WHITE", "--confirm", "shop"}, "Destroying WHITE on shop... done\n");
}

TEST_F(PlatformFollow, ChangesOverByAnUpgrade) {
  if (!other_->missing().empty()) GTEST_SKIP() << other_->missing();
  const ProcessResult done =
      machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", "upgrade", "--to", "17"});
  ASSERT_EQ(done.exit_status, 0) << done.out << done.err;
  EXPECT_TRUE(says(done.out, " 4 upgrade      WHITE has all of LAVENDER, with PostgreSQL 17      done\n"));
  EXPECT_TRUE(says(done.out, "\nWHITE is live; writes were refused for "));
  EXPECT_EQ(clusters(), "15/lavender 17/white\n");
  EXPECT_EQ(slots(), "");
  EXPECT_EQ(machine_->psql("white", "shop",
                           "SELECT count(*), current_setting('server_version_num')::int / 10000 FROM "
                           "orders"),
            "1002|17");
  EXPECT_TRUE(says(machine_->read("services"), "port=" + machine_->property("white", "port") + "\n"));
  EXPECT_EQ(machine_->psql("white", "postgres", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app'"),
            "t");
}

}  // namespace
}  // namespace pghaul::platform
