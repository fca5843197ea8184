#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "live/logical_server.h"
#include "support/database.h"
#include "support/pghaul.h"
#include "support/process.h"
#include "support/seed.h"

namespace pghaul::live {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

inline constexpr const char* kLiveTables =
    "CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL, note text);"
    "CREATE INDEX ON accounts (balance);"
    "INSERT INTO accounts SELECT i, 100, repeat(md5(i::text), 8) FROM generate_series(1, 20000) AS i;"
    "CREATE TABLE moves (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account int REFERENCES accounts,"
    " amount int NOT NULL, doubled int GENERATED ALWAYS AS (amount * 2) STORED);"
    "CREATE TABLE days (day int, n int, PRIMARY KEY (day, n)) PARTITION BY LIST (day);"
    "CREATE TABLE beats (id int PRIMARY KEY);"
    "CREATE TABLE days_0 PARTITION OF days FOR VALUES IN (0); CREATE TABLE days_1 PARTITION OF days DEFAULT;";

/// Everything that the tables hold.
inline constexpr const char* kDigest =
    "SELECT md5(string_agg(line, '|' ORDER BY line COLLATE \"C\")) FROM (SELECT 'a' || r::text AS line FROM"
    " accounts AS r UNION ALL SELECT 'm' || r::text FROM moves AS r UNION ALL SELECT 'd' || r::text FROM "
    "days AS"
    " r) AS lines";

/// An application that writes until it is destroyed.
class Application {
 public:
  explicit Application(const support::Database& database)
      : thread_([this, uri = database.uri()](const std::stop_token& stop) { write(uri, stop); }) {}
  ~Application() {
    thread_.request_stop();
    thread_.join();
    EXPECT_GT(transactions_, 0);
  }

 private:
  void write(const std::string& uri, const std::stop_token& stop) {
    postgres::Connection session = session_to(uri, postgres::Side::source);
    EXPECT_TRUE(session.execute("SET search_path = public"));
    std::mt19937_64 random(support::seed_of_this_run());
    while (!stop.stop_requested()) {
      const std::string id = std::to_string(1 + random() % 19000);
      const std::string n = std::to_string(transactions_);
      const Status done = session.execute(
          "BEGIN; UPDATE accounts SET balance = balance + 1 WHERE id = " + id +
          "; INSERT INTO moves (account, amount) VALUES (" + id + ", " + n + "); INSERT INTO days VALUES (" +
          n + " % 3, " + n + "); UPDATE days SET day = 1 - day WHERE n = " + n +
          " - 5 AND day < 2; DELETE FROM moves WHERE amount = " + n + " - 100; COMMIT");
      EXPECT_TRUE(done) << done.error().message;
      ++transactions_;
    }
  }

  int transactions_ = 0;
  std::jthread thread_;
};

/// A source that is copied into a target by the command, as its users have it, and then followed.
class LiveCopy : public testing::Test {
 protected:
  LiveCopy() : source_(logical_server()), target_(support::shared_target()) { source_.psql(kLiveTables); }
  ~LiveCopy() override {
    follower_.reset();
    // What a failed test has left would keep WAL, and stand in the way of the database's end.
    [[maybe_unused]] const support::Haul abandoned = support::haul({"abandon", source_.uri(), target_.uri()});
  }

  void follow(const std::vector<std::string>& more = {}) {
    std::vector<std::string> argv{PGHAUL_COMMAND, "copy",        "--follow",
                                  source_.uri(),  target_.uri(), "--progress",
                                  "none",         "--jobs",      "2"};
    argv.insert(argv.end(), more.begin(), more.end());
    follower_ = std::make_unique<support::Process>(argv);
  }
  /// Waits until `query` gives `wanted` on the target; tables may be missing before.
  bool target_shows(const std::string& query, const std::string& wanted) {
    const auto deadline = steady_clock::now() + kLongEnough;
    while (steady_clock::now() < deadline) {
      try {
        if (target_.psql(query) == wanted) return true;
      } catch (const std::exception&) {  // not copied yet
      }
      if (follower_->ends_within(milliseconds(50))) {
        const support::ProcessResult ended = follower_->wait();
        ADD_FAILURE() << "the follower ended with " << ended.exit_status << ": " << ended.err;
        return false;
      }
    }
    ADD_FAILURE() << query << " does not become " << wanted << ": " << follower_->err();
    return false;
  }
  /// Waits until all has been copied, writes a last row on the source, and waits for it on the target.
  void catch_up() {
    ASSERT_TRUE(target_shows("SELECT stage FROM pghaul_journal.job", "following"));
    const std::string beat = std::to_string(++beats_);
    source_.psql("INSERT INTO beats VALUES (" + beat + ")");
    ASSERT_TRUE(target_shows("SELECT count(*) FROM beats WHERE id = " + beat, "1"));
  }
  support::ProcessResult interrupt() {
    follower_->send(SIGINT);
    EXPECT_TRUE(follower_->ends_within(milliseconds(20'000)));
    const support::ProcessResult ended = follower_->wait();
    follower_.reset();
    return ended;
  }
  void expect_equal() { EXPECT_EQ(source_.psql(kDigest), target_.psql(kDigest)); }
  std::string state() {
    const support::Haul status = support::haul({"status", target_.uri()});
    return status.report.is_object() && status.report.contains("live")
               ? status.report["live"].value("state", "")
               : status.err;
  }
  /// Counts what pghaul keeps on the source.
  std::string kept() {
    return source_.psql(
        "SELECT (SELECT count(*) FROM pg_replication_slots WHERE database = current_database()),"
        " (SELECT count(*) FROM pg_publication), (SELECT count(*) FROM pg_namespace WHERE nspname ="
        " 'pghaul_live')");
  }

  support::Database source_;
  support::Database target_;
  std::unique_ptr<support::Process> follower_;
  int beats_ = 0;
};

}  // namespace pghaul::live
