// The way back: after a switchover the old server follows the new one, by itself.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "discovery/endpoints.h"
#include "follow/registration.h"
#include "live/logical_server.h"
#include "live/shows.h"
#include "live/way_back.h"
#include "support/database.h"
#include "support/pghaul.h"
#include "support/pooler.h"
#include "support/process.h"

namespace pghaul::live {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kTables =
    "CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL);"
    "INSERT INTO accounts SELECT i, 100 FROM generate_series(1, 1000) AS i;"
    "CREATE TABLE moves (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account int REFERENCES "
    "accounts);"
    "CREATE TABLE days (day int, n int, PRIMARY KEY (day, n)) PARTITION BY LIST (day);"
    "CREATE TABLE days_0 PARTITION OF days FOR VALUES IN (0); CREATE TABLE days_1 PARTITION OF days DEFAULT;";

/// Everything that the tables hold.
constexpr const char* kDigest =
    "SELECT md5(string_agg(line, '|' ORDER BY line COLLATE \"C\")) FROM (SELECT 'a' || r::text AS line FROM"
    " accounts AS r UNION ALL SELECT 'm' || r::text FROM moves AS r UNION ALL SELECT 'd' || r::text FROM days"
    " AS r) AS lines";

/// A live copy from `old_` into `new_`, between which switchovers are decided.
class WayBack : public testing::Test {
 protected:
  WayBack() : old_(logical_server()), new_(other_logical_server()) { old_.psql(kTables); }

  void follow(const std::vector<std::string>& more = {}) {
    std::vector<std::string> argv{PGHAUL_COMMAND, "copy",       "--follow", old_.uri(),
                                  new_.uri(),     "--progress", "none"};
    argv.insert(argv.end(), more.begin(), more.end());
    follower_ = std::make_unique<support::Process>(argv);
  }
  /// Returns what it has said.
  std::string interrupt() {
    follower_->send(SIGINT);
    EXPECT_TRUE(follower_->ends_within(kLongEnough));
    const support::ProcessResult ended = follower_->wait();
    EXPECT_EQ(ended.exit_status, 130) << ended.err;
    return ended.err;
  }
  bool shows(const support::Database& database, const std::string& query, const std::string& wanted) {
    return live::shows(*follower_, database, query, wanted);
  }
  /// Writes to all tables of `from`, and waits until `to` has the last of it.
  bool arrives(const support::Database& from, const support::Database& to) {
    const std::string n = std::to_string(++writes_);
    from.psql("UPDATE accounts SET balance = balance + 1 WHERE id = " + n +
              "; INSERT INTO moves (id, account) OVERRIDING SYSTEM VALUE VALUES (" + n + ", " + n +
              "); UPDATE days SET day = 1 - day WHERE n = " + n + " - 1; INSERT INTO days VALUES (" + n +
              " % 2, " + n + ")");
    return shows(to, "SELECT count(*) FROM days WHERE n = " + n, "1");
  }
  /// Decides a switchover as the verb does, but for the fence: nobody writes.
  static void switch_over(const support::Database& from, const support::Database& to) {
    const discovery::Options options;
    const discovery::Endpoints ends{*discovery::direct_endpoint(from.uri(), postgres::Side::source, options),
                                    *discovery::direct_endpoint(to.uri(), postgres::Side::target, options)};
    postgres::Connection source = session_to(from.uri(), postgres::Side::source);
    postgres::Connection target = session_to(to.uri(), postgres::Side::target);
    const Result<live::WayBack> way = live::WayBack::prepare(ends, {});
    ASSERT_TRUE(way) << way.error().message;
    const Result<std::string> start = way->start_here(target);
    ASSERT_TRUE(start) << start.error().message;
    const Result<LiveTurns> turns = read_turns(source, target);
    ASSERT_TRUE(turns) << turns.error().message;
    const Status decided = source.execute("BEGIN; " + *start + "; " +
                                          follow::set_turn(turns->forward, turns->next()) + "; COMMIT");
    ASSERT_TRUE(decided) << decided.error().message;
  }
  void expect_equal() { EXPECT_EQ(old_.psql(kDigest), new_.psql(kDigest)); }

  support::Database old_;
  support::Database new_;
  std::unique_ptr<support::Process> follower_;
  int writes_ = 0;
};

/// Returns the member of `pghaul status`.
std::string status_of(const support::Database& database, const char* member) {
  const support::Haul status = support::haul({"status", database.uri()});
  return status.report.is_object() && status.report.contains("live") ? status.report["live"].value(member, "")
                                                                     : status.err;
}

TEST_F(WayBack, IsFollowedToAndFroByTheSameProcess) {
  follow();
  ASSERT_TRUE(shows(new_, "SELECT count(*) FROM pghaul_journal.follow_status", "1"));
  ASSERT_TRUE(arrives(old_, new_));
  for (int round = 0; round < 2; ++round) {
    switch_over(old_, new_);
    ASSERT_TRUE(arrives(new_, old_));
    ASSERT_TRUE(arrives(new_, old_));
    expect_equal();
    EXPECT_EQ(status_of(new_, "state") + status_of(new_, "direction"), "followingback");
    EXPECT_EQ(status_of(old_, "state") + status_of(old_, "direction"), "followingback");
    if (round == 0) {
      const support::Haul verified = support::haul({"verify", "--live", old_.uri(), new_.uri()});
      EXPECT_EQ(verified.exit_status, 0) << verified.err;
    }
    switch_over(new_, old_);
    ASSERT_TRUE(arrives(old_, new_));
    expect_equal();
    EXPECT_EQ(status_of(new_, "state") + status_of(new_, "direction"), "followingforward");
    EXPECT_EQ(status_of(old_, "state") + status_of(old_, "direction"), "followingforward");
  }
  interrupt();
}

/// Switches over by the command. Its comparison reads all rows of both sides.
void switch_over_by_command(const support::Database& old_server, const support::Database& new_server,
                            bool back) {
  std::vector<std::string> arguments{"switchover", old_server.uri(), new_server.uri(), "--confirm",
                                     (back ? old_server : new_server).name()};
  if (back) arguments.push_back("--back");
  const support::Haul switched = support::haul(arguments);
  EXPECT_EQ(switched.exit_status, 0) << switched.err;
}

/// Returns what a database has that a live copy could have left.
std::string traces(const support::Database& database) {
  return database.psql(
      "SELECT 'slot ' || slot_name FROM pg_replication_slots WHERE database = current_database()"
      " UNION ALL SELECT 'publication ' || pubname FROM pg_publication UNION ALL SELECT 'schema ' || nspname"
      " FROM pg_namespace WHERE nspname LIKE 'pghaul%' UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger"
      " WHERE NOT tgisinternal UNION ALL SELECT concat_ws(' ', sequencename, increment_by, min_value,"
      " max_value) FROM pg_sequences ORDER BY 1");
}

TEST_F(WayBack, GoesToAndFroByTheCommandAndLeavesNothingOnceFinished) {
  const std::string before = traces(old_);
  const char* const insert = "INSERT INTO moves (account) VALUES (7)";
  follow();
  ASSERT_TRUE(shows(new_, "SELECT count(*) FROM pghaul_journal.follow_status", "1"));
  old_.psql(insert);
  ASSERT_TRUE(shows(new_, "SELECT count(*) FROM moves", "1"));
  int rows = 1;
  for (const bool back : {false, true, false}) {
    switch_over_by_command(old_, new_, back);
    const support::Database& opened = back ? old_ : new_;
    const support::Database& closed = back ? new_ : old_;
    EXPECT_THROW(closed.psql(insert), std::runtime_error);
    opened.psql(insert);
    ASSERT_TRUE(shows(closed, "SELECT count(*) FROM moves", std::to_string(++rows)));
    expect_equal();
    if (back) continue;
    const support::Haul verified = support::haul({"verify", "--live", old_.uri(), new_.uri()});
    EXPECT_EQ(verified.exit_status, 0) << verified.err;
  }
  const support::Haul beside = support::haul({"finish", old_.uri(), new_.uri()});
  EXPECT_EQ(beside.exit_status, 3) << beside.err;
  const std::string said = interrupt();
  EXPECT_EQ(said.find("late writes"), std::string::npos) << said;
  follow({"--resume"});
  new_.psql(insert);
  ASSERT_TRUE(shows(old_, "SELECT count(*) FROM moves", std::to_string(++rows)));
  interrupt();
  const support::Haul finished = support::haul({"finish", old_.uri(), new_.uri()});
  EXPECT_EQ(finished.exit_status, 0) << finished.err;
  EXPECT_EQ(traces(old_), before);
  EXPECT_EQ(traces(new_), before);
  EXPECT_THROW(old_.psql(insert), std::runtime_error);
  EXPECT_EQ(old_.psql("SHOW default_transaction_read_only"), "on");
  new_.psql(insert);
}

/// Returns what a file holds, as far as it is written.
std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Killed when a step of the switchover has ended after its decision, or as soon as it says that it has
/// turned.
TEST_F(WayBack, IsFollowedAfterAKillOfTheFollowerThatTurnsRound) {
  const std::string folder = std::filesystem::temp_directory_path();
  const std::string steps = folder + "/pghaul-steps-" + new_.name();
  const std::string states = folder + "/pghaul-states-" + new_.name();
  follow();
  ASSERT_TRUE(shows(new_, "SELECT count(*) FROM pghaul_journal.follow_status", "1"));
  interrupt();
  bool back = false;
  for (const char* moment :
       {"\"step\":\"decide\"", "\"step\":\"open\"", "\"state\":\"switched\"", "turned"}) {
    std::filesystem::remove(steps);
    std::filesystem::remove(states);
    follow({"--resume", "--events", states});
    ASSERT_TRUE(arrives(back ? new_ : old_, back ? old_ : new_)) << moment;
    const std::string direction = std::string("\"direction\":\"") + (back ? "forward" : "back") + "\"";
    std::vector<std::string> argv{
        PGHAUL_COMMAND, "switchover", old_.uri(),   new_.uri(), "--confirm",  (back ? old_ : new_).name(),
        "--at-most",    "20s",        "--attempts", "50",       "--progress", "none",
        "--events",     steps};
    if (back) argv.emplace_back("--back");
    support::Process switching(argv);
    const auto has_come = [&] {
      const std::string seen = text_of(states);
      if (moment == std::string("turned")) return seen.find(direction) != std::string::npos;
      return (text_of(steps) + seen).find(moment) != std::string::npos;
    };
    const auto deadline = steady_clock::now() + kLongEnough;
    while (!has_come() && steady_clock::now() < deadline)
      ASSERT_FALSE(follower_->ends_within(milliseconds(1)));
    EXPECT_TRUE(has_come()) << moment;
    follower_->send(SIGKILL);
    [[maybe_unused]] const support::ProcessResult killed = follower_->wait();
    const support::ProcessResult switched = switching.wait();
    EXPECT_EQ(switched.exit_status, 0) << moment << ": " << switched.err;
    back = !back;
    follow({"--resume"});
    ASSERT_TRUE(arrives(back ? new_ : old_, back ? old_ : new_)) << moment;
    ASSERT_TRUE(arrives(back ? new_ : old_, back ? old_ : new_)) << moment;
    expect_equal();
    interrupt();
  }
  std::filesystem::remove(steps);
  std::filesystem::remove(states);
}

TEST_F(WayBack, IsNamedAsLostWithReasonAndMoment) {
  follow();
  ASSERT_TRUE(shows(new_, "SELECT count(*) FROM pghaul_journal.follow_status", "1"));
  switch_over_by_command(old_, new_, false);
  ASSERT_TRUE(arrives(new_, old_));
  new_.psql("ALTER TABLE accounts ADD COLUMN note text; UPDATE accounts SET note = 'x' WHERE id = 9");
  ASSERT_TRUE(follower_->ends_within(kLongEnough));
  const support::ProcessResult ended = follower_->wait();
  EXPECT_EQ(ended.exit_status, 6) << ended.err;
  EXPECT_NE(ended.err.find("the way back is lost since 20"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("public.accounts is not the same"), std::string::npos) << ended.err;
  EXPECT_EQ(status_of(new_, "state"), "broken");
  new_.psql("UPDATE accounts SET note = 'y' WHERE id = 9");
}

/// The switchover finds the rows copied, and nobody who follows yet.
TEST_F(WayBack, IsThereAlsoWhereTheSwitchoverBeginsBeforeItFollows) {
  follow();
  ASSERT_TRUE(shows(new_, "SELECT stage FROM pghaul_journal.job", "following"));
  switch_over_by_command(old_, new_, false);
  ASSERT_TRUE(arrives(new_, old_));
  interrupt();
}

/// The owner passes what refuses writes; nobody else's transaction is taken for such a one.
TEST_F(WayBack, NamesWhoWritesToTheClosedServer) {
  const std::string events = std::filesystem::temp_directory_path() / ("pghaul-late-" + new_.name());
  follow({"--events", events});
  ASSERT_TRUE(shows(new_, "SELECT count(*) FROM pghaul_journal.follow_status", "1"));
  switch_over_by_command(old_, new_, false);
  ASSERT_TRUE(arrives(new_, old_));
  old_.psql(
      "ALTER TABLE accounts DISABLE TRIGGER USER; BEGIN; SET LOCAL session_replication_role = replica;"
      "UPDATE accounts SET balance = -1 WHERE id = 77; DELETE FROM accounts WHERE id = 78; COMMIT");
  const auto told = [&] {
    std::ifstream file(events);
    std::string late;
    for (std::string line; std::getline(file, line);) {
      if (line.find("wrote to the server that is closed") != std::string::npos) late += line;
    }
    return late;
  };
  const auto deadline = steady_clock::now() + kLongEnough;
  while (told().empty() && steady_clock::now() < deadline)
    ASSERT_FALSE(follower_->ends_within(milliseconds(20)));
  EXPECT_NE(told().find("UPDATE of public.accounts, (id) = (77); transaction "), std::string::npos) << told();
  EXPECT_NE(told().find(", 2 changes"), std::string::npos) << told();
  ASSERT_TRUE(arrives(new_, old_));
  ASSERT_TRUE(shows(new_,
                    "SELECT late_writes ->> 'transactions' FROM pghaul_journal.follow_status ORDER BY"
                    " written_at DESC LIMIT 1",
                    "1"));
  const nlohmann::json late = support::haul({"status", old_.uri()}).report["live"]["late_writes"];
  EXPECT_EQ(late["transactions"], 1) << late;
  EXPECT_TRUE(late.value("last", "").starts_with("UPDATE of public.accounts, (id) = (77)")) << late;
  interrupt();
  EXPECT_EQ(told().find("wrote"), told().rfind("wrote")) << told();
  std::filesystem::remove(events);
}

/// Runs under the thread sanitizer, too: the watch begins in a thread of its own.
class LateWrites : public WayBack {};

/// A follower that is resumed while a switchover opens the other server watches once that has ended.
TEST_F(LateWrites, AreNamedAlsoWhereTheFollowerWasResumedMeanwhile) {
  follow();
  ASSERT_TRUE(shows(new_, "SELECT count(*) FROM pghaul_journal.follow_status", "1"));
  const std::string folder = std::filesystem::temp_directory_path() / ("pghaul-opening-" + new_.name());
  std::filesystem::create_directory(folder);
  support::Process switching(
      {PGHAUL_COMMAND, "switchover", "--confirm", new_.name(), "--at-most", "60s", "--on-open",
       "touch " + folder + "/open; until test -e " + folder + "/go; do sleep 0.05; done", old_.uri(),
       new_.uri()});
  const auto deadline = steady_clock::now() + kLongEnough;
  while (!std::filesystem::exists(folder + "/open") && steady_clock::now() < deadline)
    ASSERT_FALSE(switching.ends_within(milliseconds(20))) << switching.wait().err;
  follower_->send(SIGKILL);
  [[maybe_unused]] const support::ProcessResult killed = follower_->wait();
  follow({"--resume"});
  ASSERT_TRUE(arrives(new_, old_));
  EXPECT_FALSE(support::haul({"status", old_.uri()}).report["live"].contains("late_writes"));
  std::ofstream(folder + "/go").put('\n');
  EXPECT_EQ(switching.wait().exit_status, 0);
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(shows(new_,
                    "SELECT late_writes ->> 'transactions' FROM pghaul_journal.follow_status ORDER BY"
                    " written_at DESC LIMIT 1",
                    "0"));
  old_.psql(
      "ALTER TABLE accounts DISABLE TRIGGER USER; BEGIN; SET LOCAL session_replication_role = replica;"
      "UPDATE accounts SET balance = -1 WHERE id = 77; COMMIT");
  ASSERT_TRUE(shows(new_,
                    "SELECT late_writes ->> 'transactions' FROM pghaul_journal.follow_status ORDER BY"
                    " written_at DESC LIMIT 1",
                    "1"));
  EXPECT_NE(interrupt().find("wrote to the server that is closed"), std::string::npos);
}

/// Clients of a PgBouncer wait, and see no error.
TEST_F(WayBack, AndSwitchoverAreNotNoticedBehindAPooler) {
  if (!support::Pooler::is_installed()) GTEST_SKIP() << "pgbouncer is not installed";
  const support::Pooler pooler(logical_server(), "transaction");
  std::ofstream(pooler.databases_file())
      << "[databases]\nshop = host=" << logical_server().socket_dir() << " port=" << logical_server().port()
      << " dbname=" << old_.name() << " pool_size=5\n";
  ASSERT_EQ(support::run_command({"psql", "-Xqc", "RELOAD", pooler.to("pgbouncer")}).exit_status, 0);
  follow();
  ASSERT_TRUE(shows(new_, "SELECT count(*) FROM pghaul_journal.follow_status", "1"));
  std::atomic<int> acknowledged = 0;
  std::jthread client([&](const std::stop_token& stop) {
    postgres::Connection session = session_to(pooler.to("shop"), postgres::Side::source);
    while (!stop.stop_requested()) {
      const Status written =
          session.execute("INSERT INTO public.days VALUES (0, " + std::to_string(1000 + acknowledged) + ")");
      ASSERT_TRUE(written) << written.error().message << "\n" << pooler.log();
      ++acknowledged;
    }
  });
  const std::string hook = "PGBOUNCER='" + pooler.to("pgbouncer") + "' PGBOUNCER_FILE='" +
                           pooler.databases_file() +
                           "' PGBOUNCER_NAME=shop " PGHAUL_ROOT "/docs/examples/switchover/pgbouncer";
  for (const bool back : {false, true}) {
    const support::Database& opened = back ? old_ : new_;
    const support::Haul switched =
        support::haul({"switchover", old_.uri(), new_.uri(), "--confirm", opened.name(), "--at-most", "20s",
                       "--on-hold", hook, "--on-open", hook, back ? "--back" : "--prove-first"});
    EXPECT_EQ(switched.exit_status, 0) << switched.err;
    const int before = acknowledged;
    // The other server has it only once the live copy has turned round.
    ASSERT_TRUE(shows(back ? new_ : old_, "SELECT count(*) > " + std::to_string(before) + " FROM days", "t"));
  }
  client.request_stop();
  client.join();
  ASSERT_TRUE(shows(new_, "SELECT count(*) FROM days", std::to_string(acknowledged)));
  expect_equal();
  interrupt();
}

}  // namespace
}  // namespace pghaul::live
