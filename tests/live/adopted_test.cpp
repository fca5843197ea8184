// Live copies into a target that was a physical standby of its source, and was not copied: prepared while it
// was paused, ended at the slot's start, followed into from there.

#include <gtest/gtest.h>

#include <csignal>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "live/switching.h"
#include "support/repetitions.h"
#include "support/seed.h"

namespace pghaul::live {
namespace {

constexpr const char* kContents =
    "SELECT md5(string_agg(line, '|' ORDER BY line COLLATE \"C\")) FROM (SELECT 'a' || r::text AS line FROM"
    " accounts AS r UNION ALL SELECT 'n' || r::text FROM notes AS r UNION ALL SELECT 'd' || r::text FROM days"
    " AS r UNION ALL SELECT 'u' || r::text FROM unlogged AS r) AS lines";

const support::Cluster& primary() {
  static const support::Cluster one(logical_options());
  return one;
}

class Adopted : public testing::Test {
 protected:
  Adopted() : old_(primary()) {
    // Of its views one shows what clients write to all the time, the other one an unlogged table.
    old_.psql(
        std::string(kSwitchedTables) +
        "CREATE UNLOGGED TABLE unlogged (id int PRIMARY KEY); INSERT INTO unlogged SELECT "
        "generate_series(1, 50);"
        "CREATE MATERIALIZED VIEW unlogged_rows AS SELECT count(*) FROM unlogged;"
        "CREATE SEQUENCE tickets; SELECT setval('tickets', 41); SELECT lo_from_bytea(4711, 'contents')");
    support::ClusterOptions options = logical_options();
    options.standby_of = primary().uri("postgres");
    standby_ = std::make_unique<support::Cluster>(options);
    wait_for("SELECT pg_last_wal_replay_lsn() >= '" + old_.psql("SELECT pg_current_wal_lsn()") + "'");
  }
  ~Adopted() override {
    follower_.reset();
    try {  // what a failed test has left would stand in the way of the database's end
      old_.psql(
          "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active_pid IS NOT NULL "
          "AND "
          "database = current_database()");
      standby_.reset();
      [[maybe_unused]] const support::Haul abandoned = support::haul({"abandon", old_.uri(), target()});
      old_.psql(
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = "
          "current_database()");
    } catch (const std::exception& error) {
      std::cerr << error.what() << '\n';
    }
  }

  [[nodiscard]] std::string target() const {
    return standby_ ? standby_->uri(old_.name()) : "host=/nowhere dbname=" + old_.name();
  }
  std::string on_target(const std::string& sql) const { return standby_->psql(old_.name(), sql); }
  void wait_for(const std::string& condition, const std::string& database = "postgres") const {
    const auto deadline = steady_clock::now() + kLongEnough;
    while (standby_->psql(database, condition) != "t") {
      ASSERT_LT(steady_clock::now(), deadline) << "it is not so: " << condition;
    }
  }
  void pause() const {
    standby_->psql("postgres", "SELECT pg_wal_replay_pause()");
    wait_for("SELECT pg_get_wal_replay_pause_state() = 'paused'");
  }
  support::Haul prepare() const {
    return support::haul({"copy", "--follow", "--prepare-standby", old_.uri(), target()});
  }
  /// Has the standby end its recovery where prepare() has said.
  void end_recovery(const std::string& until) const {
    standby_->psql("postgres", "ALTER SYSTEM SET recovery_target_lsn = '" + until + "'");
    standby_->psql("postgres", "ALTER SYSTEM SET recovery_target_inclusive = off");
    standby_->psql("postgres", "ALTER SYSTEM SET recovery_target_action = promote");
    standby_->restart();
    wait_for("SELECT NOT pg_is_in_recovery()");
  }
  /// Pauses, prepares and ends the recovery; returns where.
  std::string convert() const {
    pause();
    const support::Haul prepared = prepare();
    EXPECT_EQ(prepared.exit_status, 0) << prepared.err;
    const std::string until = prepared.report.value("/standby/until"_json_pointer, "");
    EXPECT_NE(prepared.out.find("SET recovery_target_lsn = '" + until + "'"), std::string::npos)
        << prepared.out;
    end_recovery(until);
    return until;
  }
  support::Haul filled_at(const std::string& until) const {
    return support::haul({"copy", "--follow", "--filled-at", until, old_.uri(), target()});
  }
  void start_following(const std::string& until) {
    follower_ = std::make_unique<support::Process>(
        std::vector<std::string>{PGHAUL_COMMAND, "copy", "--follow", "--filled-at", until, old_.uri(),
                                 target(), "--progress", "none", "--round-every", "2s"});
  }
  void await_following() {
    const auto deadline = steady_clock::now() + kLongEnough;
    while (steady_clock::now() < deadline) {
      const std::string there = on_target("SELECT to_regclass('pghaul_journal.follow_status') IS NOT NULL");
      if (there == "t" && on_target("SELECT count(*) FROM pghaul_journal.follow_status") == "1") return;
      ASSERT_FALSE(follower_->ends_within(milliseconds(20))) << follower_->wait().err;
    }
    FAIL() << "it does not follow";
  }
  support::Haul switch_over(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"switchover", "--confirm", old_.name(), "--at-most", "20s"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(old_.uri());
    arguments.push_back(target());
    return support::haul(arguments);
  }
  /// Counts what pghaul keeps on a server.
  static constexpr const char* kKept =
      "SELECT (SELECT count(*) FROM pg_replication_slots WHERE database = current_database()), (SELECT "
      "count(*)"
      " FROM pg_publication), (SELECT count(*) FROM pg_namespace WHERE nspname ~ '^pghaul'), (SELECT count(*)"
      " FROM pg_trigger WHERE tgname ~ 'pghaul')";

  support::Database old_;
  std::unique_ptr<support::Cluster> standby_;
  std::unique_ptr<support::Process> follower_;
};

TEST_F(Adopted, GoesThereAndBackWithoutLosingOrDoublingAWrite) {
  Client one(old_.uri(), 1);
  Client two(old_.uri(), 2);
  const std::string until = convert();
  EXPECT_EQ(on_target("SELECT count(*) FROM unlogged"), "0");
  start_following(until);
  await_following();
  const support::Haul compared =
      support::haul({"verify", "--live", "--no-large-objects", old_.uri(), target()});
  // An unlogged table is empty on a promoted standby, until a switchover carries it.
  EXPECT_EQ(compared.exit_status, 6) << compared.err;
  ASSERT_EQ(compared.report["verification"]["mismatches"].size(), 1U) << compared.err;
  EXPECT_EQ(compared.report["verification"]["mismatches"][0]["object"], "public.unlogged");
  old_.psql("SELECT lo_put(4711, 0, 'CONTENTS'); SELECT nextval('tickets')");

  const support::Haul there = switch_over({"--prove-first"});
  ASSERT_EQ(there.exit_status, 0) << there.err;
  EXPECT_TRUE(there.report["switchover"]["proved"].get<bool>());
  for (Client* client : {&one, &two}) {
    const int acknowledged = client->stop();
    EXPECT_EQ(client->refusal().substr(0, 5), "25006") << client->refusal();
    EXPECT_GT(acknowledged, 0);
    const std::string of = " FROM notes WHERE client = " + std::string(client == &one ? "1" : "2");
    EXPECT_EQ(on_target("SELECT count(*), count(DISTINCT number), max(number)" + of),
              old_.psql("SELECT count(*), count(DISTINCT number), max(number)" + of));
    EXPECT_EQ(on_target("SELECT count(*)" + of), std::to_string(acknowledged));
  }
  EXPECT_EQ(on_target(kContents), old_.psql(kContents));
  EXPECT_EQ(on_target("SELECT nextval('tickets')"), "43");
  EXPECT_EQ(on_target("SELECT convert_from(lo_get(4711), 'UTF8')"), "CONTENTS");

  on_target("UPDATE accounts SET balance = -1 WHERE id = 7; INSERT INTO unlogged VALUES (51)");
  const support::Haul back = switch_over({"--back"});
  ASSERT_EQ(back.exit_status, 0) << back.err;
  EXPECT_EQ(old_.psql("SELECT balance FROM accounts WHERE id = 7"), "-1");
  EXPECT_EQ(on_target(kContents), old_.psql(kContents));
  old_.psql("UPDATE accounts SET balance = -2 WHERE id = 7");
  ASSERT_EQ(switch_over().exit_status, 0);
  EXPECT_EQ(on_target("SELECT balance FROM accounts WHERE id = 7"), "-2");
  follower_->send(SIGINT);
  ASSERT_TRUE(follower_->ends_within(kLongEnough));
  follower_.reset();
  const support::Haul done = support::haul({"finish", old_.uri(), target()});
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(old_.psql(kKept), "0|0|0|0");
  EXPECT_EQ(on_target(kKept), "0|0|0|0");
}

TEST_F(Adopted, GoesOnAfterKillsAtRandomMoments) {
  std::mt19937_64 random(support::seed_of_this_run());
  Client client(old_.uri(), 1);
  const std::string until = convert();
  for (int left = support::repetitions("PGHAUL_TEST_KILLS", 6); left > 0; --left) {
    start_following(until);
    if (follower_->ends_within(milliseconds(random() % 900))) {
      const support::ProcessResult ended = follower_->wait();
      EXPECT_NE(ended.err.find("another pghaul is working in this target"), std::string::npos) << ended.err;
    }
    follower_->send(SIGKILL);
    [[maybe_unused]] const support::ProcessResult killed = follower_->wait();
  }
  const support::Haul there = [&] {
    const auto deadline = steady_clock::now() + kLongEnough;
    while (steady_clock::now() < deadline) {  // the session of a killed follower may be there for a moment
      start_following(until);
      if (!follower_->ends_within(milliseconds(1500))) break;
    }
    await_following();
    return switch_over();
  }();
  ASSERT_EQ(there.exit_status, 0) << there.err;
  EXPECT_EQ(on_target("SELECT count(*) FROM notes"), std::to_string(client.stop()));
  EXPECT_EQ(on_target(kContents), old_.psql(kContents));
}

TEST_F(Adopted, RefusesAStandbyThatReplays) {
  const support::Haul replaying = prepare();
  EXPECT_EQ(replaying.exit_status, 3);
  EXPECT_NE(replaying.err.find("the standby replays what the source writes"), std::string::npos)
      << replaying.err;
  EXPECT_EQ(old_.psql(kKept), "0|0|0|0");
  const support::Haul none = support::haul({"copy", "--follow", "--prepare-standby", old_.uri(), old_.uri()});
  EXPECT_NE(none.err.find("the target is no standby"), std::string::npos) << none.err;
}

TEST_F(Adopted, RefusesATargetThatHasReplayedAnotherPartOfTheSource) {
  pause();
  const std::string until = prepare().report.value("/standby/until"_json_pointer, "");
  EXPECT_NE(filled_at(until).err.find("the target is a standby still"), std::string::npos);
  EXPECT_NE(filled_at("0/1").err.find("had to end its recovery at " + until + ", not at 0/1"),
            std::string::npos);
  standby_->psql("postgres", "SELECT pg_wal_replay_resume()");
  wait_for("SELECT pg_last_wal_replay_lsn() > '" + until + "'");
  wait_for("SELECT bool_and(standby_until IS NOT NULL) FROM pghaul_live.copies", old_.name());
  standby_->psql("postgres", "SELECT pg_promote()");
  const support::Haul beyond = filled_at(until);
  EXPECT_EQ(beyond.exit_status, 3) << beyond.err;
  EXPECT_NE(beyond.err.find("the target has replayed more of the source"), std::string::npos) << beyond.err;
  const support::Haul abandoned = support::haul({"abandon", old_.uri(), target()});
  EXPECT_EQ(abandoned.exit_status, 0) << abandoned.err;
  EXPECT_EQ(old_.psql(kKept), "0|0|0|0");
}

/// The source has been prepared once more since this standby ended its recovery.
TEST_F(Adopted, RefusesTheStandbyOfAnEarlierPreparation) {
  const std::string until = convert();
  old_.psql("UPDATE pghaul_live.copies SET started = started + interval '1 s'");
  const support::Haul earlier = filled_at(until);
  EXPECT_EQ(earlier.exit_status, 3) << earlier.err;
  EXPECT_NE(earlier.err.find("after an earlier preparation of the source"), std::string::npos) << earlier.err;
  EXPECT_EQ(support::haul({"abandon", old_.uri(), target()}).exit_status, 0);
}

TEST_F(Adopted, RefusesASourceWithASubscription) {
  old_.psql("CREATE SUBSCRIPTION fed CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false)");
  old_.psql("ALTER SUBSCRIPTION fed ENABLE");
  pause();
  const support::Haul refused = prepare();
  old_.psql("ALTER SUBSCRIPTION fed DISABLE");
  old_.psql("ALTER SUBSCRIPTION fed SET (slot_name = NONE)");
  old_.psql("DROP SUBSCRIPTION fed");
  EXPECT_EQ(refused.exit_status, 3) << refused.err;
  EXPECT_NE(refused.err.find("subscription fed of the source's database " + old_.name()), std::string::npos)
      << refused.err;
  EXPECT_EQ(old_.psql(kKept), "0|0|0|0");
}

TEST_F(Adopted, IsAbandonedAtAnyTime) {
  pause();
  ASSERT_EQ(prepare().exit_status, 0);
  const support::Haul of_standby = support::haul({"abandon", old_.uri(), target()});
  EXPECT_EQ(of_standby.exit_status, 0) << of_standby.err;
  EXPECT_EQ(old_.psql(kKept), "0|0|0|0");
  const std::string until = convert();
  start_following(until);
  await_following();
  follower_->send(SIGINT);
  ASSERT_TRUE(follower_->ends_within(kLongEnough));
  const support::Haul of_adopted = support::haul({"abandon", old_.uri(), target()});
  EXPECT_EQ(of_adopted.exit_status, 0) << of_adopted.err;
  EXPECT_EQ(old_.psql(kKept), "0|0|0|0");
  EXPECT_EQ(on_target(kKept), "0|0|0|0");
}

}  // namespace
}  // namespace pghaul::live
