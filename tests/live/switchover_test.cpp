// pghaul switchover, as its users have it: with writers of all kinds, those that stand in its way, and kills.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "live/logical_server.h"
#include "support/database.h"
#include "support/pghaul.h"
#include "support/process.h"
#include "support/seed.h"

namespace pghaul::live {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kTables =
    "CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, client int, number int,"
    " UNIQUE (client, number));"
    "CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL DEFAULT 0);"
    "INSERT INTO accounts (id) SELECT generate_series(1, 100);"
    "CREATE TABLE days (day int, n int, PRIMARY KEY (day, n)) PARTITION BY LIST (day);"
    "CREATE TABLE days_0 PARTITION OF days FOR VALUES IN (0); CREATE TABLE days_1 PARTITION OF days DEFAULT;"
    "CREATE MATERIALIZED VIEW total AS SELECT sum(balance) FROM accounts;";

/// A client that writes until it is refused, and knows which of its writes were acknowledged.
class Client {
 public:
  Client(const std::string& uri, int number)
      : number_(number), thread_([this, uri](const std::stop_token& stop) { write(uri, stop); }) {}
  ~Client() { stop(); }
  /// Returns how many of its numbers, which begin at 1, were acknowledged.
  int stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    return acknowledged_;
  }
  [[nodiscard]] std::string refusal() const { return refusal_; }
  [[nodiscard]] int acknowledged() const { return acknowledged_; }

 private:
  void write(const std::string& uri, const std::stop_token& stop) {
    postgres::Connection session = session_to(uri, postgres::Side::source);
    while (!stop.stop_requested()) {
      const std::string n = std::to_string(acknowledged_ + 1);
      const std::string client = std::to_string(number_);
      const Status done =
          session.execute("BEGIN; UPDATE public.accounts SET balance = balance + 1 WHERE id = " + client +
                          "; INSERT INTO public.notes (client, number) VALUES (" + client + ", " + n +
                          "); INSERT INTO public.days VALUES (" + client + ", " + n + "); COMMIT");
      if (!done) {
        refusal_ = done.error().sqlstate + " " + done.error().message;
        [[maybe_unused]] const Status undone = session.execute("ROLLBACK");
        return;
      }
      ++acknowledged_;
    }
  }

  const int number_;
  std::atomic<int> acknowledged_ = 0;
  std::string refusal_;
  std::jthread thread_;
};

/// A live copy from `old_` into `new_`, both of servers that can follow the other.
class Switchover : public testing::Test {
 protected:
  Switchover() : old_(logical_server()), new_(other_logical_server()) { old_.psql(kTables); }
  ~Switchover() override {
    follower_.reset();
    // What keeps WAL stands in the way of the databases' end.
    const char* const drop =
        "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = "
        "current_database() AND active_pid IS NOT NULL";
    for (const support::Database* database : {&old_, &new_}) {
      const auto deadline = steady_clock::now() + kLongEnough;
      while (steady_clock::now() < deadline) {
        try {
          database->psql(drop);
          database->psql(
              "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = "
              "current_database()");
          break;
        } catch (const std::exception&) {  // still active
        }
      }
    }
  }

  /// Makes the live copy, and has it followed by a process of its own.
  void follow(const std::vector<std::string>& more = {}) {
    std::vector<std::string> argv{PGHAUL_COMMAND, "copy",       "--follow", old_.uri(),
                                  new_.uri(),     "--progress", "none"};
    argv.insert(argv.end(), more.begin(), more.end());
    follower_ = std::make_unique<support::Process>(argv);
    const auto deadline = steady_clock::now() + kLongEnough;
    while (steady_clock::now() < deadline) {
      try {
        if (new_.psql("SELECT count(*) FROM pghaul_journal.follow_status") == "1") return;
      } catch (const std::exception&) {  // not copied yet
      }
      ASSERT_FALSE(follower_->ends_within(milliseconds(20))) << follower_->wait().err;
    }
    FAIL() << "it does not follow";
  }
  void stop_following() {
    follower_->send(SIGINT);
    ASSERT_TRUE(follower_->ends_within(kLongEnough));
    [[maybe_unused]] const support::ProcessResult ended = follower_->wait();
    follower_.reset();
  }
  support::Haul switch_over(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"switchover", "--confirm", new_.name(), "--at-most", "20s"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(old_.uri());
    arguments.push_back(new_.uri());
    return support::haul(arguments);
  }
  /// Everything that the tables hold.
  static std::string contents(const support::Database& database) {
    return database.psql(
        "SELECT md5(string_agg(line, '|' ORDER BY line COLLATE \"C\")) FROM (SELECT 'a' || r::text AS line "
        "FROM"
        " accounts AS r UNION ALL SELECT 'n' || r::text FROM notes AS r UNION ALL SELECT 'd' || r::text FROM "
        "days AS r) AS lines");
  }
  /// Returns the SQLSTATE with which the old server refuses the statements; empty: it takes them.
  std::string refused(const std::string& sql) {
    postgres::Connection session = session_to(old_.uri(), postgres::Side::source);
    const Status done = session.execute("SET search_path = public; " + sql);
    return done ? std::string() : done.error().sqlstate;
  }

  support::Database old_;
  support::Database new_;
  std::unique_ptr<support::Process> follower_;
};

/// The other one may be about to follow, as after a copy, or may never do so.
TEST_F(Switchover, WaitsForAPghaulThatWorksInTheTargetAndFollowsByItselfOnceThatHasGone) {
  follow();
  stop_following();
  postgres::Connection other = session_to(new_.uri(), postgres::Side::target);
  ASSERT_TRUE(other.execute("SELECT pg_catalog.pg_advisory_lock(1885825121, 1)"));
  const support::Haul waited = switch_over({"--wait-ready", "1s"});
  EXPECT_EQ(waited.exit_status, 3) << waited.err;
  EXPECT_NE(waited.err.find("the switchover did not begin"), std::string::npos) << waited.err;
  ASSERT_TRUE(other.execute("SELECT pg_catalog.pg_advisory_unlock(1885825121, 1)"));
  const support::Haul switched = switch_over();
  EXPECT_EQ(switched.exit_status, 0) << switched.err;
}

TEST_F(Switchover, LosesNoAcknowledgedWriteAndLetsNoneInLater) {
  follow();
  postgres::Connection before = session_to(old_.uri(), postgres::Side::source);
  ASSERT_TRUE(before.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM public.accounts"));
  std::vector<std::unique_ptr<Client>> clients;
  for (int client = 1; client <= 3; ++client) clients.push_back(std::make_unique<Client>(old_.uri(), client));
  const support::Haul switched = switch_over({"--attempts", "50"});
  ASSERT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(switched.report["status"], "switched");
  EXPECT_EQ(switched.report["switchover"]["proved"], true) << switched.report["switchover"];
  int acknowledged = 0;
  for (const auto& client : clients) {
    acknowledged += client->stop();
    EXPECT_TRUE(client->refusal().starts_with("25006")) << client->refusal();
    EXPECT_NE(client->refusal().find("this database has moved to"), std::string::npos) << client->refusal();
  }
  EXPECT_EQ(new_.psql("SELECT count(*) FROM notes"), std::to_string(acknowledged));
  EXPECT_EQ(contents(old_), contents(new_));

  for (const char* writer :
       {"INSERT INTO accounts VALUES (7000)", "DELETE FROM accounts WHERE false", "TRUNCATE notes",
        "SET session_replication_role = replica; UPDATE accounts SET balance = 0",
        "SET default_transaction_read_only = off; INSERT INTO days_0 VALUES (0, 7000)",
        "INSERT INTO days VALUES (5, 5)", "COPY accounts FROM PROGRAM 'echo 7000,0' WITH (FORMAT csv)"}) {
    EXPECT_EQ(refused(writer), "25006") << writer;
  }
  const Status stale = before.execute("UPDATE public.accounts SET balance = -1 WHERE id = 50");
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().sqlstate, "25006");
  EXPECT_EQ(contents(old_), contents(new_));

  EXPECT_EQ(
      new_.psql("INSERT INTO notes (client, number) VALUES (9, 9) RETURNING id > (SELECT max(id) FROM notes"
                " WHERE client < 9)"),
      "t");
  const support::Haul again = switch_over();
  EXPECT_EQ(again.exit_status, 0) << again.err;
  EXPECT_EQ(again.report["switchover"]["resumed"], true);
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (7000)"), "25006");
}

/// A writer that begins when writers are about to wait; one that is there before would have to be waited for.
TEST_F(Switchover, IsGivenUpBecauseOfAWriterThatItNames) {
  follow();
  std::string folder = std::filesystem::temp_directory_path() / "pghaul-switchover-XXXXXX";
  folder = mkdtemp(folder.data());
  const std::string held = folder + "/held";
  const std::string go = folder + "/go";
  const std::string states = folder + "/states";
  support::Process switching(
      {PGHAUL_COMMAND, "switchover", "--confirm", new_.name(), "--at-most", "60s", "--attempts", "1",
       "--on-hold", "touch " + held + "; until test -e " + go + "; do sleep 0.05; done", "--on-open",
       "echo $PGHAUL_STATE $PGHAUL_NEW_DATABASE >> " + states, old_.uri(), new_.uri()});
  const auto deadline = steady_clock::now() + kLongEnough;
  while (!std::filesystem::exists(held) && steady_clock::now() < deadline) {
    ASSERT_FALSE(switching.ends_within(milliseconds(20))) << switching.wait().err;
  }
  postgres::Connection writer = session_to(old_.uri(), postgres::Side::source);
  ASSERT_TRUE(
      writer.execute("SET application_name = 'payroll'; BEGIN; UPDATE public.accounts SET balance = 5"
                     " WHERE id = 5"));
  std::ofstream(go).put('\n');
  const support::ProcessResult given_up = switching.wait();
  EXPECT_EQ(given_up.exit_status, 7) << given_up.err;
  EXPECT_NE(given_up.err.find("payroll"), std::string::npos) << given_up.err;
  EXPECT_NE(given_up.err.find("UPDATE public.accounts SET balance = 5"), std::string::npos) << given_up.err;
  std::string state;
  std::ifstream lines(states);
  std::getline(lines, state);
  EXPECT_EQ(state, "given_up " + new_.name());
  std::filesystem::remove_all(folder);
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (101)"), "");
  EXPECT_EQ(old_.psql("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pghaul%' AND tgrelid <> "
                      "'accounts'::regclass"),
            "0");
  ASSERT_TRUE(writer.execute("COMMIT"));
  EXPECT_EQ(switch_over({"--attempts", "50"}).exit_status, 0);
  EXPECT_EQ(contents(old_), contents(new_));
}

TEST_F(Switchover, NeedsNoOtherProcessAndCanBeRehearsed) {
  follow();
  stop_following();
  old_.psql("INSERT INTO accounts VALUES (500, 500)");
  const support::Haul unconfirmed = support::haul({"switchover", old_.uri(), new_.uri()});
  EXPECT_EQ(unconfirmed.exit_status, 3);
  EXPECT_NE(unconfirmed.err.find("--confirm " + new_.name()), std::string::npos) << unconfirmed.err;
  const support::Haul rehearsed = switch_over({"--rehearse"});
  ASSERT_EQ(rehearsed.exit_status, 0) << rehearsed.err;
  EXPECT_EQ(rehearsed.report["status"], "rehearsed");
  EXPECT_GT(rehearsed.report["switchover"]["forecast_seconds"], 0);
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (501)"), "");
  EXPECT_EQ(old_.psql("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pghaul%'"), "0");
  const support::Haul switched = switch_over();
  ASSERT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(contents(old_), contents(new_));
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (502)"), "25006");
  EXPECT_EQ(new_.psql("SELECT sum FROM total"), "500");
}

/// The old server's numbers while it is closed, and afterwards: the new one gives out others.
TEST_F(Switchover, LeavesNoNumberOfASequenceToBothServers) {
  old_.psql(
      "CREATE SEQUENCE plain; CREATE SEQUENCE cached CACHE 20; CREATE SEQUENCE down INCREMENT -3 MAXVALUE "
      "100 START"
      " 100 MINVALUE -9000000000; CREATE SEQUENCE round AS int MAXVALUE 2000000000 CYCLE; CREATE SEQUENCE unused;"
      "CREATE SEQUENCE steps INCREMENT 10; SELECT nextval('plain'), nextval('cached'), nextval('down'),"
      " nextval('round'), nextval('steps')");
  follow();
  const std::vector<std::string> names{"plain", "cached", "down", "round", "unused", "steps"};
  std::vector<std::set<std::string>> given(names.size());
  std::vector<std::jthread> takers;
  std::atomic<bool> over = false;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == "unused") continue;
    takers.emplace_back([&, i] {
      postgres::Connection session = session_to(old_.uri(), postgres::Side::source);
      while (!over) {
        const Result<postgres::Rows> taken = session.query("SELECT nextval('public." + names[i] + "')");
        if (taken) given[i].insert(taken->string(0, 0));
      }
    });
  }
  const support::Haul switched = switch_over({"--attempts", "50"});
  ASSERT_EQ(switched.exit_status, 0) << switched.err;
  over = true;
  takers.clear();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string query = "SELECT nextval('public." + names[i] + "') FROM generate_series(1, 50)";
    postgres::Connection late = session_to(old_.uri(), postgres::Side::source);
    for (int k = 0; k < 3; ++k) {
      const Result<postgres::Rows> taken = late.query("SELECT nextval('public." + names[i] + "')");
      if (taken) given[i].insert(taken->string(0, 0));
    }
    postgres::Connection target = session_to(new_.uri(), postgres::Side::source);
    const Result<postgres::Rows> next = target.query(query);
    ASSERT_TRUE(next) << next.error().message;
    for (int row = 0; row < next->size(); ++row)
      EXPECT_FALSE(given[i].contains(next->string(row, 0))) << names[i];
  }
  EXPECT_EQ(
      new_.psql("SELECT count(*) FROM pg_sequences WHERE sequencename = 'down' AND increment_by = -3 AND"
                " min_value = -9000000000 AND max_value = 100 AND NOT cycle"),
      "1");
}

/// The session is ended when its commit has happened and waits for a standby, so that nobody hears of it.
TEST_F(Switchover, FindsOutWhatWasDecidedWhenTheAnswerIsLost) {
  follow();
  support::Process switching({PGHAUL_COMMAND, "switchover", "--confirm", new_.name(), "--at-most", "60s",
                              "--on-hold",
                              "psql -XAtq -c \"ALTER SYSTEM SET synchronous_standby_names = 'nobody'\" -c "
                              "\"SELECT pg_reload_conf()\" '" +
                                  old_.uri() + "'",
                              old_.uri(), new_.uri()});
  const auto deadline = steady_clock::now() + kLongEnough;
  const auto ends_the_session = [&] {
    return old_.psql(
               "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
               " AND query = 'COMMIT' AND datname = current_database()") == "1";
  };
  while (!ends_the_session() && steady_clock::now() < deadline) {
    if (switching.ends_within(milliseconds(20))) break;
  }
  old_.psql("ALTER SYSTEM RESET synchronous_standby_names");
  old_.psql("SELECT pg_reload_conf()");
  const support::ProcessResult switched = switching.wait();
  EXPECT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (7000)"), "25006");
  EXPECT_EQ(contents(old_), contents(new_));
}

/// Killed at any moment: the old server is open and nothing is decided, or closed and the new one has
/// everything.
TEST_F(Switchover, IsCompletedOrUndoneAfterAKill) {
  follow();
  std::mt19937_64 random(support::seed_of_this_run());
  Client client(old_.uri(), 1);
  bool closed = false;
  for (int kill = 0; kill < 6 && !closed; ++kill) {
    support::Process doomed({PGHAUL_COMMAND, "switchover", "--confirm", new_.name(), "--progress",
                                   "none", "--at-most", "20s", "--attempts", "50", old_.uri(), new_.uri()});
    if (!doomed.ends_within(milliseconds(200 + random() % 2500))) doomed.send(SIGKILL);
    [[maybe_unused]] const support::ProcessResult ended = doomed.wait();
    closed = !client.refusal().empty() ||
             refused("UPDATE accounts SET balance = balance WHERE id = 90") == "25006";
  }
  const support::Haul switched = switch_over({"--attempts", "50"});
  ASSERT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(switched.report["switchover"].contains("resumed"), closed);
  const int acknowledged = client.stop();
  EXPECT_EQ(new_.psql("SELECT count(*) FROM notes"), std::to_string(acknowledged));
  EXPECT_EQ(contents(old_), contents(new_));
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (7000)"), "25006");
}

}  // namespace
}  // namespace pghaul::live
