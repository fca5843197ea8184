#include <gtest/gtest.h>
#include <pghaul/pghaul.h>

#include <chrono>
#include <memory>

#include "platform/machine.h"

namespace pghaul::platform {
namespace {

using support::ProcessResult;

/// One machine for all cases, in their order: LAVENDER is live, WHITE does not exist yet.
class PlatformLive : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    machine_ = std::make_unique<Machine>();
    machine_->create_shop("lavender");
    const std::string version = machine_->version();
    machine_->write("apps/shop.toml",
                    "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER = \"" + version +
                        "/lavender\", WHITE = \"" + version +
                        "/white\" }\nnames = [\"service:" + machine_->folder() + "/services#shop\"]\n");
  }
  static void TearDownTestSuite() { machine_.reset(); }

  static ProcessResult insert(const std::string& cluster, const std::string& id) {
    return support::run_command({"psql", "-Xq", "-d", machine_->connection(cluster, "shop", "app"), "-c",
                                 "INSERT INTO orders VALUES (" + id + ")"});
  }
  /// Waits until the writer has found the database that is live now.
  static void wait_for_writer(const std::string& cluster) {
    const std::string highest = "SELECT coalesce(max(id), 0) FROM orders";
    const std::string before = machine_->psql(cluster, "shop", highest);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (machine_->psql(cluster, "shop", highest) == before) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the writer has not found " << cluster;
    }
  }

  /// Has WHITE follow LAVENDER, and leave it to be converted; its cluster is down then.
  static void interrupt_conversion() {
    ASSERT_EQ(machine_->pghaulctl({"follow", "WHITE", "--of", "shop"}).exit_status, 0);
    machine_->psql("white", "postgres", "ALTER SYSTEM SET shared_preload_libraries = 'no_such_library'");
    ASSERT_NE(machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", "live"}).exit_status, 0);
  }
  /// Starts it, and waits until it has ended its recovery.
  static void start_converted() {
    machine_->run(
        {"sed", "-i", "/no_such_library/d", machine_->property("white", "pgdata") + "/postgresql.auto.conf"});
    machine_->control("white", "start");
    await("postgres", "SELECT NOT pg_is_in_recovery()");
  }
  /// Waits until WHITE answers a query with true.
  static void await(const std::string& database, const std::string& query) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (machine_->psql("white", database, query) != "t")
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << query;
  }
  /// Writes that much WAL on LAVENDER; returns how much the slot keeps.
  static int write_megabytes(int count) {
    return std::stoi(
        machine_
            ->psql("lavender", "shop",
                   "SELECT count(pg_logical_emit_message(false, 'filler', repeat('x', 1000000))) * 0 FROM "
                   "generate_series(1, " +
                       std::to_string(count) +
                       "); SELECT round(pg_wal_lsn_diff(pg_current_wal_lsn(), "
                       "restart_lsn) / 1000000) FROM pg_replication_slots WHERE database IS NOT NULL")
            .substr(2));
  }
  /// Counts what live copies have left: slots, publications and schemas.
  static std::string count_remains(const std::string& cluster) {
    return machine_->psql(
        cluster, "shop",
        "SELECT (SELECT count(*) FROM pg_replication_slots), (SELECT count(*) FROM pg_publication), (SELECT "
        "count(*) FROM pg_namespace WHERE nspname ~ '^pghaul')");
  }

  static inline std::unique_ptr<Machine> machine_;
};

TEST_F(PlatformLive, HasNoWayBackBeforeItWent) {
  const ProcessResult back = machine_->pghaulctl({"changeover", "shop", "back"});
  EXPECT_EQ(back.exit_status, 3);
  EXPECT_TRUE(says(back.err, "no live changeover of shop is open"));
}

TEST_F(PlatformLive, PlansToConvertAFollower) {
  const ProcessResult plan = machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", "live", "--plan"});
  EXPECT_EQ(plan.exit_status, 0) << plan.err;
  EXPECT_TRUE(says(plan.out, " 1 follow       WHITE follows LAVENDER"));
  EXPECT_TRUE(says(plan.out, " 2 convert      WHITE has left LAVENDER at one moment "));
  EXPECT_TRUE(says(plan.out, " 3 catch up     WHITE has the changes of LAVENDER "));
}

TEST_F(PlatformLive, GoesThereAndBackWhileTheApplicationWrites) {
  const auto writer = machine_->start_writer();
  const ProcessResult there = machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", "live"});
  ASSERT_EQ(there.exit_status, 0) << there.out << there.err;
  EXPECT_TRUE(says(there.out, ", writes went on\n"));
  EXPECT_TRUE(says(there.out, "\nPromoting WHITE to DATABASE_URL on shop... done\n"));
  EXPECT_TRUE(says(there.out, ", every row compared\n"));
  EXPECT_TRUE(says(there.out, "WHITE is live\nLAVENDER can follow WHITE"));
  EXPECT_TRUE(says(insert("lavender", "-2000").err, "this database has moved"));
  wait_for_writer("white");
  const ProcessResult left = machine_->pghaulctl({"destroy", "LAVENDER", "--confirm", "shop"});
  EXPECT_EQ(left.exit_status, 3);
  EXPECT_TRUE(says(left.err, "WHITE keeps its WAL for LAVENDER, to which the application can go back"));

  const ProcessResult back = machine_->pghaulctl({"changeover", "shop", "back"});
  ASSERT_EQ(back.exit_status, 0) << back.out << back.err;
  EXPECT_TRUE(says(back.out, "\nPromoting LAVENDER to DATABASE_URL on shop... done\n"));
  EXPECT_TRUE(says(insert("white", "-2000").err, "this database has moved"));
  wait_for_writer("lavender");
  machine_->write("stop", "");
  const std::string written = writer->wait().out;
  EXPECT_EQ(machine_->psql("lavender", "shop",
                           "SELECT string_agg(id || E'\\n', '' ORDER BY id) FROM orders WHERE id > 0"),
            written.substr(0, written.size() - 1));
}

TEST_F(PlatformLive, FinishLeavesNothingBehind) {
  const ProcessResult done = machine_->pghaulctl({"changeover", "shop", "finish"});
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(done.out, "Finishing the changeover of shop... done\n");
  for (const char* cluster : {"lavender", "white"}) {
    EXPECT_EQ(machine_->psql(cluster, "shop", "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^pghaul'"),
              "0");
    EXPECT_EQ(machine_->psql(cluster, "shop", "SELECT count(*) FROM pg_replication_slots"), "0");
  }
  EXPECT_EQ(insert("lavender", "-2000").exit_status, 0);
}

TEST_F(PlatformLive, DestroysWhatNobodyNeeds) {
  const ProcessResult unsaid = machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shoe"});
  EXPECT_EQ(unsaid.exit_status, 3);
  EXPECT_TRUE(says(unsaid.err, "hint: if that is meant: pghaulctl destroy WHITE --confirm shop"));
  const ProcessResult live = machine_->pghaulctl({"destroy", "LAVENDER", "--confirm", "shop"});
  EXPECT_EQ(live.exit_status, 3);
  EXPECT_TRUE(says(live.err, "a name of shop points at LAVENDER"));
  machine_->psql("white", "postgres", "CREATE DATABASE other");
  const ProcessResult other = machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"});
  EXPECT_TRUE(says(other.err, "the cluster of WHITE holds another database: other"));
  machine_->psql("white", "postgres", "DROP DATABASE other");
  const std::string archive = machine_->folder() + "/data/archive";
  const ProcessResult done =
      machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop", "--archive", archive});
  EXPECT_EQ(done.exit_status, 0) << done.out << done.err;
  EXPECT_EQ(done.out,
            "Archiving WHITE to " + archive + "... done, verified\nDestroying WHITE on shop... done\n");
  EXPECT_TRUE(says(machine_->pghaulctl({"info", "shop"}).out, "=== WHITE\nStatus:      missing"));
}

TEST_F(PlatformLive, AFollowerThatCantBePreparedReplaysOn) {
  ASSERT_EQ(machine_->pghaulctl({"follow", "WHITE", "--of", "shop"}).exit_status, 0);
  machine_->psql("lavender", "postgres",
                 "SELECT pg_create_physical_replication_slot('full_' || i) FROM generate_series(1, "
                 "current_setting('max_replication_slots')::int - 1) AS i");
  const ProcessResult there = machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", "live"});
  EXPECT_NE(there.exit_status, 0);
  EXPECT_TRUE(says(there.err, "LAVENDER is live, nothing was lost\n"));
  EXPECT_FALSE(says(there.err, "nothing to abandon"));
  EXPECT_EQ(machine_->psql("white", "postgres", "SELECT pg_is_wal_replay_paused()"), "f");
  machine_->psql("lavender", "postgres",
                 "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name ~ "
                 "'^full_'");
}

TEST_F(PlatformLive, AnInterruptedConversionSaysWhatItNeedsAndGoesOn) {
  machine_->psql("white", "postgres", "ALTER SYSTEM SET shared_preload_libraries = 'no_such_library'");
  const ProcessResult failed = machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", "live"});
  EXPECT_NE(failed.exit_status, 0);
  EXPECT_TRUE(says(failed.err, "LAVENDER keeps its WAL for WHITE from "));
  const ProcessResult down = machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", "live"});
  EXPECT_EQ(down.exit_status, 3);
  EXPECT_TRUE(says(down.err, "a conversion of WHITE was interrupted: LAVENDER keeps its WAL for it from "));
  EXPECT_TRUE(says(down.err, "hint: start the cluster that was converted (pg_ctlcluster), and run it again"));

  machine_->run(
      {"sed", "-i", "/no_such_library/d", machine_->property("white", "pgdata") + "/postgresql.auto.conf"});
  machine_->control("white", "start");
  const ProcessResult there = machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", "live"});
  ASSERT_EQ(there.exit_status, 0) << there.out << there.err;
  EXPECT_TRUE(says(there.out, ", every row compared\n"));
  for (const char* setting : {"lsn", "inclusive", "action"})
    EXPECT_FALSE(says(machine_->psql("white", "postgres", "SELECT name FROM pg_file_settings"),
                      std::string("recovery_target_") + setting));
  EXPECT_EQ(machine_->pghaulctl({"changeover", "shop", "back"}).exit_status, 0);
  EXPECT_EQ(machine_->pghaulctl({"changeover", "shop", "finish"}).exit_status, 0);
  EXPECT_EQ(machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"}).exit_status, 0);
}

TEST_F(PlatformLive, DestroyFreesTheLeaderOfAFollowerThatWasConverted) {
  interrupt_conversion();
  const ProcessResult down = machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"});
  EXPECT_EQ(down.exit_status, 3);
  EXPECT_TRUE(says(down.err, "LAVENDER keeps its WAL in the slot pghaul_live_"));
  EXPECT_TRUE(says(down.err, "_s, which may be for WHITE, and that can't be asked: "));
  start_converted();
  EXPECT_EQ(count_remains("lavender"), "2|1|1");  // one slot is of the time when it followed
  const ProcessResult done = machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"});
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(count_remains("lavender"), "0|0|0");
}

TEST_F(PlatformLive, DestroyGivesNothingUpThatMayBeForAnother) {
  const std::string file = machine_->read("apps/shop.toml");
  std::string with_green = file;
  with_green.insert(file.find(" }"), ", GREEN = \"" + machine_->version() + "/green\"");
  machine_->write("apps/shop.toml", with_green);
  ASSERT_EQ(machine_->pghaulctl({"follow", "GREEN", "--of", "shop"}).exit_status, 0);
  interrupt_conversion();
  machine_->psql("green", "postgres", "SELECT pg_wal_replay_pause()");
  const ProcessResult paused = machine_->pghaulctl({"destroy", "GREEN", "--confirm", "shop"});
  EXPECT_EQ(paused.exit_status, 3) << paused.out;
  EXPECT_TRUE(says(paused.err, "_s, which may be for GREEN, or for WHITE, which can't be asked: "));
  EXPECT_TRUE(says(paused.err, "let it replay: SELECT pg_wal_replay_resume() on GREEN"));
  start_converted();
  const ProcessResult done = machine_->pghaulctl({"destroy", "GREEN", "--confirm", "shop"});
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(count_remains("lavender"), "2|1|1");
  machine_->write("apps/shop.toml", file);
  EXPECT_EQ(machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"}).exit_status, 0);
  EXPECT_EQ(count_remains("lavender"), "0|0|0");
}

TEST_F(PlatformLive, DestroyLeavesNoSlotBehind) {
  ASSERT_EQ(machine_->pghaulctl({"follow", "WHITE", "--of", "shop"}).exit_status, 0);
  machine_->control("lavender", "stop");
  const ProcessResult down = machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"});
  EXPECT_EQ(down.exit_status, PGHAUL_EXIT_UNREACHABLE) << down.out;
  EXPECT_TRUE(says(down.err, "LAVENDER can't be asked what it keeps for WHITE, which would stay and fill"));
  machine_->control("lavender", "start");
  EXPECT_EQ(machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"}).exit_status, 0);
  machine_->psql("lavender", "postgres", "SELECT pg_create_physical_replication_slot('pghaulctl_white')");
  const ProcessResult gone = machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"});
  EXPECT_EQ(gone.exit_status, 0) << gone.err;
  EXPECT_EQ(gone.out, "Destroying what LAVENDER keeps for WHITE... done\n");
  EXPECT_EQ(count_remains("lavender"), "0|0|0");
  const ProcessResult again = machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"});
  EXPECT_EQ(again.exit_status, 3);
  EXPECT_TRUE(says(again.err, "/white, and LAVENDER keeps nothing for WHITE"));
}

TEST_F(PlatformLive, DestroyGivesUpALiveCopyThatIsBroken) {
  interrupt_conversion();
  start_converted();
  EXPECT_EQ(insert("white", "-3000").exit_status, 0);
  EXPECT_EQ(insert("lavender", "-3000").exit_status, 0);
  const std::string limit = std::to_string(write_megabytes(10) * 12 / 10) + "MB";
  const ProcessResult broken =
      machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", "live", "--slot-limit", limit});
  EXPECT_NE(broken.exit_status, 0);
  EXPECT_TRUE(says(broken.err, "pghaulctl: warning: LAVENDER keeps "));
  EXPECT_TRUE(says(broken.err, "of WAL for the conversion; at "));
  EXPECT_EQ(count_remains("lavender"), "1|1|1");
  const ProcessResult done = machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"});
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(count_remains("lavender"), "0|0|0");
}

TEST_F(PlatformLive, FreesTheLeaderWhenAConversionKeepsMoreThanItMay) {
  const ProcessResult copy = machine_->pghaulctl({"changeover", "shop", "WHITE", "--slot-limit", "2MB"});
  EXPECT_EQ(copy.exit_status, 2);
  EXPECT_TRUE(says(copy.err, "give --by live, or leave --slot-limit out"));
  interrupt_conversion();
  start_converted();
  write_megabytes(3);
  const ProcessResult done =
      machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", "live", "--slot-limit", "2MB"});
  EXPECT_EQ(done.exit_status, 3) << done.out;
  EXPECT_TRUE(says(done.err, "of WAL for the conversion, more than --slot-limit allows (2.00 MB)"));
  EXPECT_TRUE(says(done.err, "hint: pghaulctl destroy WHITE --confirm shop, then run it again"));
  EXPECT_EQ(count_remains("lavender"), "0|0|0");
  EXPECT_EQ(machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"}).exit_status, 0);
}

TEST_F(PlatformLive, FreesTheLeaderWhenCatchingUpKeepsMoreThanItMay) {
  interrupt_conversion();
  start_converted();
  EXPECT_EQ(insert("lavender", "-4000").exit_status, 0);
  const support::Process holder({"psql", "-XAtq", "-d", machine_->connection("white", "shop", "app"), "-c",
                                 "BEGIN; LOCK TABLE orders IN EXCLUSIVE MODE; SELECT pg_sleep(600)"});
  await("shop", "SELECT count(*) > 0 FROM pg_locks WHERE mode = 'ExclusiveLock' AND relation IS NOT NULL");
  support::Process changeover(
      {PGHAULCTL_COMMAND, "changeover", "shop", "WHITE", "--by", "live", "--slot-limit", "20MB"},
      machine_->environment());
  await("shop", "SELECT to_regclass('pghaul_journal.follow_status') IS NOT NULL");
  for (int i = 0; i < 1000 && !changeover.ends_within(std::chrono::milliseconds(20)); ++i)
    machine_->psql("lavender", "shop",
                   "SELECT pg_logical_emit_message(false, 'filler', repeat('x', 1000000))");
  const ProcessResult done = changeover.wait();
  EXPECT_TRUE(says(done.err, "more than --slot-limit allows (20 MB)"));
  EXPECT_TRUE(says(done.err, "hint: pghaulctl destroy WHITE --confirm shop, then run it again"));
  EXPECT_EQ(count_remains("lavender"), "0|0|0");
  machine_->psql(
      "white", "postgres",
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE mode = 'ExclusiveLock' AND relation IS NOT NULL");
  EXPECT_EQ(machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"}).exit_status, 0);
}

TEST_F(PlatformLive, RefusesAFollowerThatHasLeftElsewhere) {
  interrupt_conversion();
  machine_->run({"sed", "-i", "s/^recovery_target_inclusive.*/recovery_target_inclusive = on/",
                 machine_->folder() + "/etc/" + machine_->version() + "/white/postgresql.conf"});
  start_converted();
  const ProcessResult done = machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", "live"});
  EXPECT_EQ(done.exit_status, 3) << done.out;
  EXPECT_TRUE(says(done.err, "WHITE left LAVENDER at "));
  EXPECT_TRUE(says(done.err, "some would be missing, or be applied twice"));
  EXPECT_TRUE(says(done.err, "hint: begin anew: pghaulctl destroy WHITE --confirm shop"));
  EXPECT_EQ(machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"}).exit_status, 0);
  EXPECT_EQ(count_remains("lavender"), "0|0|0");
}

TEST_F(PlatformLive, FillsAClusterOfItsOwnByACopy) {
  machine_->create_cluster("white");
  const ProcessResult plan = machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", "live", "--plan"});
  EXPECT_TRUE(
      says(plan.out, "WHITE is filled by a copy, not as a follower: WHITE is a cluster of its own\n"));
  const ProcessResult there = machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", "live"});
  EXPECT_EQ(there.exit_status, 0) << there.out << there.err;
  EXPECT_TRUE(says(there.out, "WHITE has the rows and the changes of LAVENDER"));
  EXPECT_EQ(machine_->pghaulctl({"changeover", "shop", "finish"}).exit_status, 0);
}

}  // namespace
}  // namespace pghaul::platform
