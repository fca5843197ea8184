// The way back: after a switchover the old server follows the new one, by itself.

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <string>

#include "discovery/endpoints.h"
#include "follow/registration.h"
#include "job/way_back.h"
#include "live/logical_server.h"
#include "support/database.h"
#include "support/pghaul.h"
#include "support/process.h"

namespace pghaul::live {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLongEnough{120'000};  // with sanitizers, on a busy machine

constexpr const char* kTables =
    "CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL);"
    "INSERT INTO accounts SELECT i, 100 FROM generate_series(1, 1000) AS i;"
    "CREATE TABLE moves (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account int REFERENCES accounts);"
    "CREATE TABLE days (day int, n int, PRIMARY KEY (day, n)) PARTITION BY LIST (day);"
    "CREATE TABLE days_0 PARTITION OF days FOR VALUES IN (0); CREATE TABLE days_1 PARTITION OF days DEFAULT;";

/// Everything that the tables hold.
constexpr const char* kDigest =
    "SELECT md5(string_agg(line, '|' ORDER BY line COLLATE \"C\")) FROM (SELECT 'a' || r::text AS line FROM"
    " accounts AS r UNION ALL SELECT 'm' || r::text FROM moves AS r UNION ALL SELECT 'd' || r::text FROM days"
    " AS r) AS lines";

const support::Cluster& other_logical_server() {
  static const support::Cluster server(logical_options());
  return server;
}

/// A live copy from `old_` into `new_`, between which switchovers are decided.
class WayBack : public testing::Test {
 protected:
  WayBack() : old_(logical_server()), new_(other_logical_server()) { old_.psql(kTables); }

  void follow(const std::vector<std::string>& more = {}) {
    std::vector<std::string> argv{PGHAUL_COMMAND, "copy", "--follow", old_.uri(), new_.uri(), "--progress",
                                  "none"};
    argv.insert(argv.end(), more.begin(), more.end());
    follower_ = std::make_unique<support::Process>(argv);
  }
  void interrupt() {
    follower_->send(SIGINT);
    EXPECT_TRUE(follower_->ends_within(kLongEnough));
    EXPECT_EQ(follower_->wait().exit_status, 130);
  }
  /// Waits until `query` gives `wanted`; tables may be missing before.
  bool shows(const support::Database& database, const std::string& query, const std::string& wanted) {
    const auto deadline = steady_clock::now() + kLongEnough;
    while (steady_clock::now() < deadline) {
      try {
        if (database.psql(query) == wanted) return true;
      } catch (const std::exception&) {  // not copied yet
      }
      if (follower_->ends_within(milliseconds(20))) {
        ADD_FAILURE() << "the follower ended: " << follower_->wait().err;
        return false;
      }
    }
    ADD_FAILURE() << query << " does not become " << wanted << ": " << follower_->err();
    return false;
  }
  /// Writes to all tables of `from`, and waits until `to` has it.
  bool arrives(const support::Database& from, const support::Database& to) {
    const std::string n = std::to_string(++writes_);
    from.psql("UPDATE accounts SET balance = balance + 1 WHERE id = " + n +
              "; INSERT INTO moves (id, account) OVERRIDING SYSTEM VALUE VALUES (" + n + ", " + n +
              "); INSERT INTO days VALUES (" + n + " % 2, " + n + "); UPDATE days SET day = 1 - day WHERE n = " +
              n + " - 1");
    return shows(to, "SELECT count(*) FROM days WHERE n = " + n, "1");
  }
  /// Decides a switchover as the verb does, but for the fence: nobody writes.
  static void switch_over(const support::Database& from, const support::Database& to) {
    const discovery::Options options;
    const discovery::Endpoints ends{
        *discovery::direct_endpoint(from.uri(), postgres::Side::source, options),
        *discovery::direct_endpoint(to.uri(), postgres::Side::target, options)};
    postgres::Connection source = session_to(from.uri(), postgres::Side::source);
    postgres::Connection target = session_to(to.uri(), postgres::Side::target);
    const Result<job::WayBack> way = job::WayBack::prepare(ends, {});
    ASSERT_TRUE(way) << way.error().message;
    const Result<std::string> start = way->start_here(target);
    ASSERT_TRUE(start) << start.error().message;
    const Result<job::LiveTurns> turns = job::read_turns(source, target);
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
  return status.report.is_object() && status.report.contains("live")
             ? status.report["live"].value(member, "")
             : status.err;
}

TEST_F(WayBack, IsFollowedToAndFroByTheSameProcess) {
  follow();
  ASSERT_TRUE(shows(new_, "SELECT stage FROM pghaul_journal.job", "following"));
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

}  // namespace
}  // namespace pghaul::live
