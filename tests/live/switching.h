#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "live/logical_server.h"
#include "support/database.h"
#include "support/pghaul.h"
#include "support/process.h"

namespace pghaul::live {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

inline constexpr const char* kSwitchedTables =
    "CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, client int, number int,"
    " UNIQUE (client, number));"
    "CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL DEFAULT 0);"
    "INSERT INTO accounts (id) SELECT generate_series(1, 100);"
    "CREATE TABLE days (day int, n int, PRIMARY KEY (day, n)) PARTITION BY LIST (day);"
    "CREATE TABLE days_0 PARTITION OF days FOR VALUES IN (0); CREATE TABLE days_1 PARTITION OF days DEFAULT;"
    "CREATE MATERIALIZED VIEW total AS SELECT sum(balance) FROM accounts;";

/// Returns the transaction that a client notes its next number by.
inline std::string transaction_of(int client, int number) {
  const std::string id = std::to_string(client);
  const std::string n = std::to_string(number);
  return "BEGIN; UPDATE public.accounts SET balance = balance + 1 WHERE id = " + id +
         "; INSERT INTO public.notes (client, number) VALUES (" + id + ", " + n +
         "); INSERT INTO public.days VALUES (" + id + ", " + n + "); COMMIT";
}

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
      const Status done = session.execute(transaction_of(number_, acknowledged_ + 1));
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
  Switchover() : old_(logical_server()), new_(other_logical_server()) { old_.psql(kSwitchedTables); }
  ~Switchover() override {
    follower_.reset();
    try {
      forget_the_standby();  // a test that failed may have left it: no transaction would end any more
    } catch (const std::exception& error) {
      std::cerr << "the standby's name stays: " << error.what() << '\n';
    }
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
  /// Returns a switchover whose decision waits for a standby that does not come, until it is forgotten.
  [[nodiscard]] std::vector<std::string> switchover_that_waits_for_a_standby() const {
    return {PGHAUL_COMMAND,
            "switchover",
            "--confirm",
            new_.name(),
            "--at-most",
            "60s",
            "--on-hold",
            "psql -XAtq -c \"ALTER SYSTEM SET synchronous_standby_names = 'nobody'\" -c "
            "\"SELECT pg_reload_conf()\" '" +
                old_.uri() + "'",
            old_.uri(),
            new_.uri()};
  }
  void forget_the_standby() const {
    old_.psql("ALTER SYSTEM RESET synchronous_standby_names");
    old_.psql("SELECT pg_reload_conf()");
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

}  // namespace pghaul::live
