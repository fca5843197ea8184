// Following goes on where it was, and refuses to where it can't.

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>

#include "live/followed.h"
#include "postgres/replication_slot.h"
#include "support/seed.h"

namespace pghaul::live {
namespace {

constexpr const char* kProgress = "pghaul_journal.follow_progress";

class Restart : public testing::Test {
 protected:
  void SetUp() override {
    pair_.source().psql("INSERT INTO t SELECT generate_series(1, 10)");
    const Status done = pair_.catch_up();
    ASSERT_TRUE(done) << done.error().message;
  }
  void drop_slot() {
    postgres::Connection replication = replication_to(pair_.source().uri());
    ASSERT_TRUE(postgres::drop_slot(replication, pair_.slot(), {}));
  }
  Followed pair_{"CREATE TABLE t (id int PRIMARY KEY)"};
};

TEST_F(Restart, RefusesATargetThatLostWhatItHad) {
  pair_.source().psql("INSERT INTO t VALUES (11)");
  // As if the target had said once that it has this row for certain.
  pair_.source().psql(
      "DO $$BEGIN WHILE (SELECT active FROM pg_replication_slots WHERE slot_name = '" + pair_.slot() +
      "') LOOP PERFORM pg_sleep(0.01); END LOOP; END$$; SELECT pg_replication_slot_advance('" + pair_.slot() +
      "', pg_current_wal_flush_lsn())");
  const Status done = pair_.catch_up();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::refused);
  EXPECT_NE(done.error().message.find("the target lost changes that it had"), std::string::npos)
      << done.error().message;
}

TEST_F(Restart, RefusesASlotThatIsGoneOrMadeAnew) {
  drop_slot();
  Status done = pair_.catch_up();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "replication slot " + pair_.slot() + " of the source is gone");
  pair_.source().psql("INSERT INTO t VALUES (11)");
  postgres::Connection replication = replication_to(pair_.source().uri());
  ASSERT_TRUE(postgres::create_slot(replication, pair_.slot(), {}, {}));
  done = pair_.catch_up();
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("or the slot was made anew"), std::string::npos)
      << done.error().message;
}

/// As while pghaul is away for too long.
TEST(SlotOfAFullSource, IsRefusedOnceTheSourceHasRemovedWhatItNeeds) {
  support::ClusterOptions options = logical_options();
  options.settings.emplace_back("max_slot_wal_keep_size", "1MB");
  const support::Cluster source(options);
  Followed pair("CREATE TABLE t (id int PRIMARY KEY)", source, logical_server());
  pair.source().psql("INSERT INTO t VALUES (1)");
  for (int segment = 0; segment < 3; ++segment)
    source.psql("postgres", "SELECT txid_current(); SELECT pg_switch_wal()");
  source.psql("postgres", "CHECKPOINT");
  const Status done = pair.catch_up();
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("is of no use: the source has removed WAL that it needs"),
            std::string::npos)
      << done.error().message;
}

TEST_F(Restart, RefusesAnotherSourceOrAnOlderOne) {
  pair_.target().psql(std::string("UPDATE ") + kProgress + " SET position = 'FFFF/0'");
  Status done = pair_.catch_up();
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("the source was restored to an older state"), std::string::npos);
  pair_.target().psql(std::string("UPDATE ") + kProgress + " SET system_identifier = '7'");
  done = pair_.catch_up();
  ASSERT_FALSE(done);
  EXPECT_TRUE(
      done.error().message.starts_with("the source is another server than the one that the target follows"));
}

TEST_F(Restart, RefusesToGoOnBesideAnother) {
  postgres::Connection other = session_to(pair_.target().uri(), postgres::Side::target);
  ASSERT_TRUE(other.execute(std::string("BEGIN; UPDATE ") + kProgress + " SET position = position + 8"));
  pair_.source().psql("INSERT INTO t VALUES (11)");
  const std::jthread committer([&] {
    while (pair_.target().psql("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0") {
    }
    EXPECT_TRUE(other.execute("COMMIT"));
  });
  const Status done = pair_.catch_up();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "another pghaul has applied changes of replication slot " + pair_.slot());
  EXPECT_EQ(pair_.target().psql("SELECT max(id) FROM t"), "10");
}

TEST_F(Restart, MovesThePositionOfAnIdleSource) {
  const Lsn before = pair_.position();
  pair_.target().psql(
      "CREATE TABLE elsewhere AS SELECT generate_series(1, 1000)");  // WAL of another database
  ASSERT_TRUE(pair_.catch_up());
  EXPECT_GT(pair_.position(), before);
}

/// Holds a lock on the target's table while somebody waits for it, and for more seconds after that.
void hold_up(const Followed& pair, const std::string& seconds) {
  pair.target().psql(
      "BEGIN; LOCK TABLE t IN EXCLUSIVE MODE; DO $$BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE"
      " NOT granted AND relation = 't'::regclass) LOOP PERFORM pg_sleep(0.01); END LOOP; END$$;"
      " SELECT pg_sleep(" +
      seconds + "); COMMIT");
}

TEST_F(Restart, IsNotNeededWhenTheTargetWaitsForLongerThanWalSenderTimeout) {
  pair_.source().psql("INSERT INTO t VALUES (11)");
  const std::jthread holder([&] { hold_up(pair_, "11"); });
  while (pair_.target().psql("SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass") == "0") {
  }
  const Status done = pair_.catch_up();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pair_.target().psql("SELECT max(id) FROM t"), "11");
}

TEST_F(Restart, ComesAfterAStopThatTheTargetKeptWaiting) {
  pair_.source().psql("INSERT INTO t VALUES (11)");
  postgres::Connection holder = session_to(pair_.target().uri(), postgres::Side::target);
  ASSERT_TRUE(holder.execute("BEGIN; LOCK TABLE public.t IN EXCLUSIVE MODE"));
  std::stop_source stop;
  const std::jthread stopper([&] {
    while (pair_.target().psql("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0") {
    }
    stop.request_stop();
  });
  const Status stopped = pair_.follow(stop);
  EXPECT_TRUE(stopped) << stopped.error().message;
  ASSERT_TRUE(holder.execute("COMMIT"));
  const Status done = pair_.catch_up();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pair_.target().psql("SELECT max(id) FROM t"), "11");
}

/// A slot's position is on the source's disk only since its last checkpoint.
TEST(SourceCrash, SendsAgainWhatTheTargetHasAlready) {
  support::Cluster source(logical_options());
  Followed pair("CREATE TABLE t (id int PRIMARY KEY)", source, logical_server());
  source.psql("postgres", "CHECKPOINT");
  for (int id = 1; id <= 20; ++id) pair.source().psql("INSERT INTO t VALUES (" + std::to_string(id) + ")");
  Status done = pair.catch_up();
  ASSERT_TRUE(done) << done.error().message;
  source.stop_immediate();
  source.restart();
  pair.source().psql("INSERT INTO t VALUES (21)");
  done = pair.catch_up();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pair.target().psql("SELECT count(*), max(id) FROM t"), "21|21");
}

/// A server that writes a commit to its disk late, unless the commit waits for it.
support::ClusterOptions slow_to_write() {
  support::ClusterOptions options;
  options.settings = {{"wal_writer_delay", "10s"}, {"wal_writer_flush_after", "1GB"}, {"fsync", "on"}};
  return options;
}

TEST(TargetCrash, KeepsTheStartOfTheChanges) {
  support::Cluster target(slow_to_write());
  const Followed pair("CREATE TABLE t (id int PRIMARY KEY)", logical_server(), target);
  const Lsn start = pair.position();
  target.stop_immediate();
  target.restart();
  EXPECT_EQ(pair.position(), start);
}

/// A crash takes what the target had not written to its disk: the source must have it still.
TEST(TargetCrash, LosesNothingThatTheSourceWasTold) {
  support::Cluster target(slow_to_write());
  Followed pair("CREATE TABLE t (id int PRIMARY KEY)", logical_server(), target);
  std::mt19937_64 random(support::seed_of_this_run());
  int last = 0;
  for (int crash = 0; crash < 4; ++crash) {
    for (int i = 0; i < 20; ++i) pair.source().psql("INSERT INTO t VALUES (" + std::to_string(++last) + ")");
    pair.catch_up_and_die(1 + random() % 100, {.transactions = 1 + random() % 3});
    target.stop_immediate();
    target.restart();
    const Lsn confirmed = *parse_lsn(pair.source().psql(
        "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + pair.slot() + "'"));
    EXPECT_LE(confirmed, pair.position());
  }
  const Status done = pair.catch_up();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pair.target().psql("SELECT count(*), max(id) FROM t"), "80|80");
}

}  // namespace
}  // namespace pghaul::live
