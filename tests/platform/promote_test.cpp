#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <memory>

#include "platform/machine.h"
#include "platform/pgbouncer.h"

namespace pghaul::platform {
namespace {

using namespace std::chrono_literals;
using support::ProcessResult;

/// One machine for all cases: LAVENDER, WHITE that follows it, and PgBouncer before LAVENDER.
class PlatformPromote : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    machine_ = std::make_unique<Machine>();
    machine_->create_cluster("lavender");
    machine_->psql("lavender", "postgres", "CREATE ROLE app LOGIN");
    machine_->psql("lavender", "postgres", "CREATE DATABASE shop OWNER app");
    machine_->psql("lavender", "shop", "CREATE TABLE orders (id int); ALTER TABLE orders OWNER TO app");
    machine_->create_follower("white", "lavender");
    port_ = machine_->property("lavender", "port");
    white_port_ = machine_->property("white", "port");
    machine_->write("services", "[shop]\nhost=localhost\nport=" + port_ + "\ndbname=shop\nuser=app\n");
    machine_->write("shop.env", "DATABASE_URL=postgres://app@localhost:" + port_ + "/shop\n");
    machine_->write("hook", "#!/bin/sh\n[ \"$(cat " + machine_->folder() +
                                "/broken 2>/dev/null)\" != $1 ] || exit 1\necho \"$@\" >> " +
                                machine_->folder() + "/hooked\n");
    ::chmod((machine_->folder() + "/hook").c_str(), 0755);
    pooler_ = std::make_unique<PgBouncer>(*machine_);
    write_app("shop", "", names());
  }
  static void TearDownTestSuite() {
    pooler_.reset();
    machine_.reset();
  }

  static std::string names() {
    const std::string folder = machine_->folder();
    return "\"service:" + folder + "/services#shop\", \"env:" + folder + "/shop.env#DATABASE_URL\", \"" +
           pooler_->entry("shop") + "\", \"hook:" + folder + "/hook\"";
  }
  /// Writes an application whose databases are LAVENDER and WHITE, with something behind their names.
  static void write_app(const std::string& name, const std::string& suffix, const std::string& names) {
    const std::string version = machine_->version();
    machine_->write("apps/" + name + ".toml",
                    "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER" + suffix + " = \"" +
                        version + "/lavender\", WHITE" + suffix + " = \"" + version +
                        "/white\" }\nnames = [" + names + "]\n");
  }
  /// Asks through PgBouncer which server it is.
  static std::string pooled_cluster() {
    const ProcessResult done = pooler_->query("shop", "app", "SHOW cluster_name");
    return done.exit_status == 0 ? done.out : done.err;
  }

  static inline std::unique_ptr<Machine> machine_;
  static inline std::unique_ptr<PgBouncer> pooler_;
  static inline std::string port_;
  static inline std::string white_port_;
};

TEST_F(PlatformPromote, AttachesAndDetachesAPooler) {
  const ProcessResult attached = machine_->pghaulctl({"pool", "attach", "shop", "pghaul"});
  EXPECT_EQ(attached.out, "Attaching pooler pghaul shop... done\n") << attached.err;
  EXPECT_EQ(pooled_cluster(), machine_->version() + "/lavender\n");
  EXPECT_EQ(machine_->pghaulctl({"pool", "detach", "shop", "pghaul"}).exit_status, 0);
  EXPECT_TRUE(says(pooled_cluster(), "no such database"));
  EXPECT_EQ(machine_->pghaulctl({"pool", "attach", "shop", "pghaul"}).exit_status, 0);
  EXPECT_EQ(machine_->pghaulctl({"pool", "attach", "shop", "other"}).exit_status, 3);
}

TEST_F(PlatformPromote, IsRefusedWhileTheLiveDatabaseTakesWrites) {
  const ProcessResult done = machine_->pghaulctl({"promote", "WHITE"});
  EXPECT_EQ(done.exit_status, 3);
  EXPECT_TRUE(says(done.err, "LAVENDER still takes writes of shop, and WHITE would not have them"));
  EXPECT_EQ(done.out, "");
}

TEST_F(PlatformPromote, IsRefusedBeforeThePauseWhenANameCantBeMoved) {
  const std::string services = machine_->read("services");
  write_app("lost", "2", names() + ", \"env:" + machine_->folder() + "/nowhere#DATABASE_URL\"");
  const ProcessResult done = machine_->pghaulctl({"promote", "WHITE2", "--force"});
  std::filesystem::remove(machine_->folder() + "/apps/lost.toml");
  EXPECT_EQ(done.exit_status, 3);
  EXPECT_TRUE(says(done.err, "/nowhere: No such file or directory"));
  EXPECT_EQ(machine_->read("services"), services);
  EXPECT_EQ(machine_->psql("white", "shop", "SELECT pg_is_in_recovery()"), "t");
}

TEST_F(PlatformPromote, IsRefusedWhileAFollowerIsTooFarBehind) {
  machine_->psql("white", "shop", "SELECT pg_wal_replay_pause()");
  machine_->psql("lavender", "shop",
                 "DO $$ BEGIN FOR i IN 1..201 LOOP INSERT INTO orders VALUES (i); COMMIT; END LOOP; END $$");
  EXPECT_EQ(machine_->pghaulctl({"maintenance", "on", "shop"}).exit_status, 0);
  const ProcessResult done = machine_->pghaulctl({"promote", "WHITE"});
  machine_->psql("white", "shop", "SELECT pg_wal_replay_resume()");
  EXPECT_EQ(machine_->pghaulctl({"maintenance", "off", "shop"}).exit_status, 0);
  EXPECT_EQ(done.exit_status, 3);
  EXPECT_TRUE(
      says(done.err,
           "database must not be too far behind leader, please wait until your follower catches up with its "
           "leader."));
}

/// PgBouncer would not try a login again for a while that was refused meanwhile.
TEST_F(PlatformPromote, MaintenanceLetsThePoolersClientsWaitAndGoOn) {
  ASSERT_EQ(machine_->pghaulctl({"pool", "attach", "shop", "pghaul"}).exit_status, 0);
  support::Process open = pooler_->start(
      "shop", "app", {"BEGIN", "INSERT INTO orders VALUES (-1)", "SELECT 'open'", "SELECT pg_sleep(600)"});
  while (open.out().find("open") == std::string::npos) ASSERT_FALSE(open.ends_within(10ms)) << open.err();
  const ProcessResult on = machine_->pghaulctl({"maintenance", "on", "shop"});
  EXPECT_EQ(on.exit_status, 0) << on.err;
  EXPECT_EQ(on.err, "");
  EXPECT_NE(open.wait().exit_status, 0);
  support::Process waiting = pooler_->start("shop", "app", {"SELECT count(*) FROM orders WHERE id = -1"});
  EXPECT_FALSE(waiting.ends_within(300ms)) << waiting.err();
  EXPECT_EQ(machine_->pghaulctl({"maintenance", "off", "shop"}).exit_status, 0);
  EXPECT_EQ(waiting.wait().out, "0\n") << waiting.err();
  EXPECT_EQ(machine_->pghaulctl({"maintenance", "off", "shop"}).exit_status, 0);  // twice is once
  pooler_->tell("PAUSE shop");
  EXPECT_TRUE(says(machine_->pghaulctl({"maintenance", "shop"}).err, "a pooler of shop holds statements"));
  EXPECT_EQ(machine_->pghaulctl({"maintenance", "off", "shop"}).exit_status, 0);
  EXPECT_EQ(pooler_->query("shop", "app", "SELECT 1").out, "1\n");
}

TEST_F(PlatformPromote, NoErrorQuotesAPassword) {
  machine_->write("apps/wrong.toml",
                  "database = \"shop\"\ndatabases = { WRONG = \"host=db1 passwort=s3cret\" }\n");
  const ProcessResult place = machine_->pghaulctl({"info", "wrong"});
  EXPECT_TRUE(says(place.err, "the place of WRONG: it is neither a cluster"));
  write_app("wrong", "4", "\"pgbouncer:here.ini#shop via host=db1 password=s3cret\"");
  const ProcessResult name = machine_->pghaulctl({"info", "wrong"});
  EXPECT_TRUE(says(name.err, "'pgbouncer:here.ini#shop' is no name that can be moved"));
  std::filesystem::remove(machine_->folder() + "/apps/wrong.toml");
  EXPECT_FALSE(says(place.err + name.err, "s3cret"));
}

/// The last one: WHITE is no follower any more.
TEST_F(PlatformPromote, MovesEveryNameAndLosesNoWrite) {
  ASSERT_EQ(machine_->pghaulctl({"pool", "attach", "shop", "pghaul"}).exit_status, 0);
  ASSERT_EQ(pooler_->query("shop", "app", "INSERT INTO orders VALUES (1000)").exit_status, 0);
  const ProcessResult on = machine_->pghaulctl({"maintenance", "on", "shop"});
  ASSERT_EQ(on.exit_status, 0) << on.err;
  const ProcessResult done = machine_->pghaulctl({"promote", "WHITE"});
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(done.out,
            "Ensuring an alternate alias for existing DATABASE_URL... LAVENDER\n"
            "Promoting WHITE to DATABASE_URL on shop... done\n"
            "Reattaching pooler to new leader... done\n");
  const ProcessResult off = machine_->pghaulctl({"maintenance", "off", "shop"});
  EXPECT_EQ(off.exit_status, 0) << off.err;

  EXPECT_EQ(machine_->read("services"),
            "[shop]\nhost=localhost\nport=" + white_port_ + "\ndbname=shop\nuser=app\n");
  EXPECT_EQ(machine_->read("shop.env"), "DATABASE_URL=postgres://app@localhost:" + white_port_ + "/shop\n");
  EXPECT_EQ(pooled_cluster(), machine_->version() + "/white\n");
  EXPECT_EQ(pooler_->query("shop", "app", "SELECT count(*) FROM orders WHERE id = 1000").out, "1\n");
  const std::string moved = " host='" + machine_->folder() + "' port='" + port_ + "' dbname='shop' host='" +
                            machine_->folder() + "' port='" + white_port_ + "' dbname='shop'\n";
  EXPECT_EQ(machine_->read("hooked"), "before" + moved + "point" + moved + "after" + moved);
  EXPECT_TRUE(says(machine_->pghaulctl({"info", "shop"}).out, "=== WHITE, shop\n"));

  machine_->write("broken", "before");
  const ProcessResult refused = machine_->pghaulctl({"promote", "WHITE"});
  EXPECT_EQ(refused.exit_status, 3);
  EXPECT_TRUE(says(refused.err, "WHITE is live, no name has been moved"));
  machine_->write("broken", "point");
  const ProcessResult told = machine_->pghaulctl({"promote", "WHITE"});
  EXPECT_EQ(told.exit_status, 5);
  EXPECT_TRUE(says(told.err, "WHITE is live; not every name points at it yet"));
  EXPECT_TRUE(says(told.err, "hint: once that is cured: pghaulctl promote WHITE"));
  EXPECT_EQ(pooled_cluster(), machine_->version() + "/white\n");
  std::filesystem::remove(machine_->folder() + "/broken");
  EXPECT_EQ(machine_->pghaulctl({"promote", "WHITE"}).exit_status, 0);
  write_app("plain", "3", '"' + pooler_->entry("shop") + '"');
  pooler_->tell("PAUSE shop");  // as a run that was killed leaves it
  EXPECT_EQ(machine_->pghaulctl({"promote", "WHITE3"}).out, "WHITE3 is DATABASE_URL on plain already\n");
  EXPECT_EQ(pooled_cluster(), machine_->version() + "/white\n");

  const ProcessResult old = support::run_command(
      {"psql", "-X", "-d", machine_->connection("lavender", "shop", "app"), "-c", "SELECT 1"});
  EXPECT_TRUE(says(old.err, "not permitted to log in"));
}

}  // namespace
}  // namespace pghaul::platform
