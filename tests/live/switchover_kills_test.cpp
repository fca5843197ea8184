// Switchovers to and fro, and their followers, that are killed at random moments while clients write.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <random>

#include "live/switching.h"
#include "support/repetitions.h"
#include "support/seed.h"

namespace pghaul::live {
namespace {

/// One switchover as its clients see it: nobody may write to the server that is left any more once somebody
/// has written to the one that is opened.
class Move {
 public:
  Move(const support::Database& from, const support::Database& to) : servers_{&from, &to} {}

  [[nodiscard]] postgres::Connection session(std::size_t server) const {
    return session_to(servers_.at(server)->uri(), postgres::Side::source);
  }
  /// Notes a write that was sent at `sent`.
  void acknowledge(std::size_t server, steady_clock::time_point sent) {
    if (server == 0) {
      EXPECT_LT(sent.time_since_epoch().count(), opened_) << "both servers were open";
    } else {
      auto unset = kNever;
      opened_.compare_exchange_strong(unset, steady_clock::now().time_since_epoch().count());
    }
  }

 private:
  static constexpr steady_clock::rep kNever = std::numeric_limits<steady_clock::rep>::max();

  std::array<const support::Database*, 2> servers_;
  std::atomic<steady_clock::rep> opened_ = kNever;
};

/// A client that writes to the one server while it takes that, and then to the other.
class MovingClient {
 public:
  MovingClient(Move& move, int number, int acknowledged)
      : move_(move),
        sessions_{move.session(0), move.session(1)},
        number_(number),
        acknowledged_(acknowledged),
        thread_([this](const std::stop_token& stop) { write(stop); }) {}

  /// Returns how many of its numbers, which begin at 1, were acknowledged.
  int stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    return acknowledged_;
  }
  /// Waits until a transaction that it begins from now on is acknowledged or refused.
  void await_answer() const {
    const int wanted = answers_ + 2;  // one may be under way
    const auto deadline = steady_clock::now() + kLongEnough;
    while (answers_ < wanted) {
      ASSERT_LT(steady_clock::now(), deadline) << "a client was left waiting";
      std::this_thread::yield();
    }
  }

 private:
  void write(const std::stop_token& stop) {
    std::size_t server = 0;
    while (!stop.stop_requested()) {
      const auto sent = steady_clock::now();
      const Status done = sessions_.at(server).execute(transaction_of(number_, acknowledged_ + 1));
      ++answers_;
      if (done) {
        ++acknowledged_;
        move_.acknowledge(server, sent);
      } else if (done.error().sqlstate == "25006") {
        EXPECT_TRUE(sessions_.at(server).execute("ROLLBACK"));
        server = 1 - server;
      } else {
        ADD_FAILURE() << done.error().message;
        return;
      }
      EXPECT_TRUE(sessions_.at(server).execute("SELECT pg_catalog.pg_sleep(0.003)"));
    }
  }

  Move& move_;
  std::array<postgres::Connection, 2> sessions_;
  const int number_;
  std::atomic<int> acknowledged_;
  std::atomic<int> answers_ = 0;
  std::jthread thread_;
};

class SwitchoverKills : public Switchover {
 protected:
  static constexpr int kClients = 2;

  SwitchoverKills() {
    old_.psql(
        "CREATE SEQUENCE tickets INCREMENT -3 CACHE 5;"
        "ALTER TABLE notes ADD ticket bigint NOT NULL DEFAULT nextval('tickets') UNIQUE");
  }
  ~SwitchoverKills() override { std::filesystem::remove(events_); }

  std::size_t below(std::size_t limit) { return random_() % limit; }
  const support::Database& opened() const { return back_ ? old_ : new_; }
  const support::Database& closed() const { return back_ ? new_ : old_; }

  std::vector<std::string> switchover_command(const char* at_most) const {
    std::vector<std::string> argv{PGHAUL_COMMAND,  "switchover", old_.uri(), new_.uri(),   "--confirm",
                                  opened().name(), "--at-most",  at_most,    "--attempts", "50",
                                  "--progress",    "none",       "--events", events_};
    if (back_) argv.emplace_back("--back");
    return argv;
  }
  /// Starts a follower unless one runs. One that has found another pghaul at work, as after a kill, ends.
  void ensure_follower() {
    if (follower_ && !follower_->ends_within(milliseconds(20))) return;
    if (follower_) {
      const support::ProcessResult ended = follower_->wait();
      EXPECT_TRUE(ended.err.find("another pghaul is working in this target") != std::string::npos ||
                  ended.err.find("somebody else reads from replication slot") != std::string::npos)
          << ended.exit_status << ": " << ended.err;
    }
    follower_ = std::make_unique<support::Process>(std::vector<std::string>{
        PGHAUL_COMMAND, "copy", "--follow", "--resume", old_.uri(), new_.uri(), "--progress", "none"});
  }
  std::size_t count_events() const {
    std::ifstream file(events_);
    return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(file), {}, '\n'));
  }
  /// Waits for a random moment of the switchover: after so many events, and a little later, or at some time.
  void await_moment(const support::Process& switching) {
    if (below(2) == 0) {
      [[maybe_unused]] const bool ended = switching.ends_within(milliseconds(below(whole_.count() + 1)));
      return;
    }
    const std::size_t events = below(whole_events_ + 1);
    while (count_events() < events && !switching.ends_within(milliseconds(1))) {
    }
    [[maybe_unused]] const bool ended = switching.ends_within(milliseconds(below(30)));
  }
  static void kill(support::Process& process) {
    process.send(SIGKILL);
    [[maybe_unused]] const support::ProcessResult ended = process.wait();
  }
  /// Kills a switchover, its follower, or both.
  void switch_over_and_kill() {
    std::filesystem::remove(events_);
    const std::size_t chosen = below(4);
    const bool kills_follower = chosen == 0 || chosen == 1;
    const bool kills_switchover = chosen != 0;
    if (kills_follower || below(2) == 0) ensure_follower();
    support::Process switching(switchover_command(kills_switchover ? "2s" : "20s"));
    await_moment(switching);
    if (kills_follower) {
      kill(*follower_);
      follower_.reset();
      if (below(2) == 0) ensure_follower();
    }
    if (kills_switchover) {
      const auto start = steady_clock::now();
      kill(switching);
      for (const auto& client : clients_) client->await_answer();
      longest_wait_ = std::max(longest_wait_, steady_clock::now() - start);
      return;
    }
    ASSERT_TRUE(switching.ends_within(kLongEnough)) << switching.err();
    const support::ProcessResult ended = switching.wait();
    EXPECT_TRUE(ended.exit_status == 0 || ended.exit_status == 7) << ended.exit_status << ": " << ended.err;
  }
  /// The server that is opened by the first switchover of all was never closed.
  void expect_one_open(bool was_closed) const {
    const auto accepts = [](const support::Database& database) {
      postgres::Connection session = session_to(database.uri(), postgres::Side::source);
      return session.execute("UPDATE public.accounts SET balance = balance WHERE id = 90").has_value();
    };
    if (!was_closed) return;
    const bool is_left_open = accepts(closed());
    EXPECT_FALSE(is_left_open && accepts(opened())) << "both servers are open";
  }
  void complete() {
    std::filesystem::remove(events_);
    const auto start = steady_clock::now();
    support::Process switching(switchover_command("20s"));
    ASSERT_TRUE(switching.ends_within(kLongEnough)) << switching.err();
    whole_ = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
    whole_events_ = count_events();
    const support::ProcessResult ended = switching.wait();
    ASSERT_EQ(ended.exit_status, 0) << ended.err;
  }
  /// Compares with what clients were told, which have stopped; forgets then what it has compared.
  void expect_acknowledged() {
    for (int client = 1; client <= kClients; ++client) {
      const std::string id = std::to_string(client);
      const std::string all = std::to_string(acknowledged_.at(client - 1));
      const std::string since = std::to_string(compared_.at(client - 1));
      EXPECT_EQ(opened().psql("SELECT balance FROM accounts WHERE id = " + id), all);
      for (const char* of_client : {"notes WHERE client = ", "days WHERE day = "}) {
        const std::string column = of_client[0] == 'n' ? "number" : "n";
        EXPECT_EQ(opened().psql("SELECT count(*), coalesce(min(" + column + "), 1 + " + since +
                                "), coalesce(max(" + column + "), " + since + ") FROM " + of_client + id),
                  std::to_string(acknowledged_.at(client - 1) - compared_.at(client - 1)) + "|" +
                      std::to_string(compared_.at(client - 1) + 1) + "|" + all)
            << of_client << id;
      }
    }
    const std::string wanted = contents(opened());
    const auto deadline = steady_clock::now() + kLongEnough;
    while (contents(closed()) != wanted && steady_clock::now() < deadline) ensure_follower();
    EXPECT_EQ(contents(closed()), wanted);
    opened().psql("DELETE FROM notes; DELETE FROM days");
    compared_ = acknowledged_;
  }

  std::mt19937_64 random_{support::seed_of_this_run()};
  const std::string events_ = std::filesystem::temp_directory_path() / ("pghaul-kills-" + new_.name());
  std::unique_ptr<Move> move_;
  std::vector<std::unique_ptr<MovingClient>> clients_;  // which use it
  std::array<int, kClients> acknowledged_{};
  std::array<int, kClients> compared_{};
  bool back_ = false;
  milliseconds whole_{1000};       // that a switchover takes
  std::size_t whole_events_ = 20;  // likewise
  steady_clock::duration longest_wait_{};
};

TEST_F(SwitchoverKills, LoseAndDoubleNoAcknowledgedWrite) {
  const int kills = support::repetitions("PGHAUL_TEST_KILLS", 5);
  follow();
  int done = 0;
  for (int moves = 0; done < kills && !HasFailure(); ++moves, back_ = !back_) {
    move_ = std::make_unique<Move>(closed(), opened());
    for (int client = 1; client <= kClients; ++client)
      clients_.push_back(std::make_unique<MovingClient>(*move_, client, acknowledged_.at(client - 1)));
    for (std::size_t left = 1 + below(4); left > 0 && done < kills; --left, ++done) {
      switch_over_and_kill();
      expect_one_open(moves > 0);
    }
    complete();
    for (int client = 0; client < kClients; ++client) acknowledged_.at(client) = clients_.at(client)->stop();
    clients_.clear();
    expect_acknowledged();
  }
  const double seconds = std::chrono::duration<double>(longest_wait_).count();
  std::cout << "the longest wait of a client for its next answer after a kill: " << seconds << " s\n";
  const bool is_long = std::getenv("PGHAUL_TEST_KILLS") != nullptr;
  if (is_long) {
    EXPECT_LT(seconds, 3.0);
  }
}

}  // namespace
}  // namespace pghaul::live
