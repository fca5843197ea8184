// Faults while a switchover makes writers wait: whatever ends, writers go on or are refused.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "live/switching.h"
#include "support/fault_proxy.h"

namespace pghaul::live {
namespace {

/// Two servers of their own, as they are restarted.
class SwitchoverFaults : public testing::Test {
 protected:
  SwitchoverFaults()
      : old_(old_server_),
        new_(new_server_),
        proxy_(old_server_),
        folder_(std::filesystem::temp_directory_path() / "pghaul-faults-XXXXXX") {
    folder_ = mkdtemp(folder_.data());
    // Rows of this table can be kept from being stored on the target, while writers wait for that.
    old_.psql(
        "CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL);"
        "INSERT INTO accounts SELECT i, 0 FROM generate_series(1, 10) AS i;"
        "CREATE FUNCTION wait() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN PERFORM"
        " pg_catalog.pg_advisory_xact_lock_shared(7); RETURN true; END$$;"
        "CREATE UNLOGGED TABLE slow (id int CHECK (public.wait()))");
  }
  ~SwitchoverFaults() override { std::filesystem::remove_all(folder_); }

  void follow() {
    follower_ = std::make_unique<support::Process>(std::vector<std::string>{
        PGHAUL_COMMAND, "copy", "--follow", old_.uri(), new_.uri(), "--progress", "none"});
    await(new_, "SELECT count(*) FROM pghaul_journal.follow_status", "1");
  }
  /// Waits until `query` gives `wanted`; the server may be restarting.
  void await(const support::Database& database, const std::string& query, const std::string& wanted) {
    const auto deadline = steady_clock::now() + kLongEnough;
    while (steady_clock::now() < deadline) {
      try {
        if (database.psql(query) == wanted) return;
      } catch (const std::exception&) {  // not yet
      }
    }
    FAIL() << query << " does not become " << wanted;
  }
  /// Begins a switchover, and returns once it makes writers wait, which then goes on until the fault.
  std::unique_ptr<support::Process> hold_writers(const std::string& at_most = "100s") {
    const std::string held = folder_ + "/held";
    const std::string go = folder_ + "/go";
    std::filesystem::remove(held);
    std::filesystem::remove(go);
    auto switching = std::make_unique<support::Process>(
        std::vector<std::string>{PGHAUL_COMMAND, "switchover", "--confirm", new_.name(), "--at-most", at_most,
                                 "--attempts", "1", "--progress", "none", "--on-hold",
                                 "touch " + held + "; until test -e " + go + "; do sleep 0.05; done",
                                 proxy_.uri(old_.name()), new_.uri()});
    const auto deadline = steady_clock::now() + kLongEnough;
    while (!std::filesystem::exists(held) && steady_clock::now() < deadline) {
      if (switching->ends_within(milliseconds(20))) {
        ADD_FAILURE() << switching->wait().err;
        return switching;
      }
    }
    blocker_.emplace(session_to(new_.uri(), postgres::Side::target));
    EXPECT_TRUE(blocker_->execute("SELECT pg_advisory_lock(7)"));
    old_.psql("INSERT INTO slow VALUES (1)");
    std::ofstream(go).put('\n');
    await(old_,
          "SELECT count(*) FROM pg_locks WHERE granted AND mode = 'ShareRowExclusiveLock' AND relation ="
          " 'accounts'::regclass",
          "1");
    return switching;
  }
  /// Writes to the old server, which waits for as long as writers are held, within a limit.
  void expect_open() {
    const std::string before = old_.psql("SELECT sum(balance) FROM accounts");
    old_.psql("SET lock_timeout = " + std::to_string(kLongEnough.count()) +
              "; UPDATE accounts SET balance = balance + 1 WHERE id = 1");
    EXPECT_NE(old_.psql("SELECT sum(balance) FROM accounts"), before);
  }

  support::Cluster old_server_{logical_options()};
  support::Cluster new_server_{logical_options()};
  support::Database old_;
  support::Database new_;
  support::FaultProxy proxy_;
  std::string folder_;
  std::optional<postgres::Connection> blocker_;
  std::unique_ptr<support::Process> follower_;
};

TEST_F(SwitchoverFaults, LetWritersGoOn) {
  follow();
  const auto ends_with_the_source_open = [&](support::Process& switching) {
    EXPECT_TRUE(switching.ends_within(kLongEnough));
    const support::ProcessResult ended = switching.wait();
    EXPECT_TRUE(ended.exit_status == 4 || ended.exit_status == 5 || ended.exit_status == 7)
        << ended.exit_status << ": " << ended.err;
    expect_open();
  };
  {
    const auto killed = hold_writers();
    killed->send(SIGKILL);
    expect_open();
  }
  blocker_.reset();
  {
    const auto silent = hold_writers("5s");  // the server ends a silent session after as long
    proxy_.stall();
    expect_open();
    proxy_.cut(support::FaultProxy::Effect::reset);
    proxy_.go_on();
    blocker_.reset();
    ends_with_the_source_open(*silent);
  }
  {
    const auto without_target = hold_writers();
    new_server_.restart();
    blocker_.reset();
    expect_open();
    ends_with_the_source_open(*without_target);
  }
  {
    const auto without_source = hold_writers();
    old_server_.restart();
    blocker_.reset();
    await(old_, "SELECT 1", "1");
    expect_open();
    ends_with_the_source_open(*without_source);
  }
  const support::Haul switched = support::haul({"switchover", "--confirm", new_.name(), "--at-most", "20s",
                                                "--attempts", "50", old_.uri(), new_.uri()});
  EXPECT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(switched.report["switchover"]["proved"], true);
  EXPECT_EQ(new_.psql("SELECT sum(balance) FROM accounts"), old_.psql("SELECT sum(balance) FROM accounts"));
}

/// The commit waits for a standby when the connections to the source break, and does not end.
TEST_F(SwitchoverFaults, CanBeStoppedWhileItFindsOutWhatWasDecided) {
  follow();
  support::Process lost({PGHAUL_COMMAND, "switchover", "--confirm", new_.name(), "--at-most", "100s",
                         "--attempts", "1", "--progress", "none", "--on-hold",
                         "psql -XAtq -c \"ALTER SYSTEM SET synchronous_standby_names = 'nobody'\" -c "
                         "\"SELECT pg_reload_conf()\" '" +
                             old_.uri() + "'",
                         proxy_.uri(old_.name()), new_.uri()});
  const auto says = [&](const std::string& text) {
    const auto deadline = steady_clock::now() + kLongEnough;
    while (lost.err().find(text) == std::string::npos && steady_clock::now() < deadline) {
      if (lost.ends_within(milliseconds(20))) break;
    }
    return lost.err().find(text) != std::string::npos;
  };
  ASSERT_TRUE(says("the switchover is being decided, and its COMMIT")) << lost.err();
  proxy_.cut(support::FaultProxy::Effect::reset);
  ASSERT_TRUE(says("the switchover may have been decided, and its COMMIT")) << lost.err();
  lost.send(SIGINT);
  const support::ProcessResult ended = lost.wait();
  EXPECT_EQ(ended.exit_status, 130) << ended.err;
  EXPECT_NE(ended.err.find("the source may be closed to writers: the same command finds out"),
            std::string::npos)
      << ended.err;
  old_.psql("ALTER SYSTEM RESET synchronous_standby_names");
  old_.psql("SELECT pg_reload_conf()");
  const support::Haul switched =
      support::haul({"switchover", "--confirm", new_.name(), old_.uri(), new_.uri()});
  EXPECT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(switched.report["switchover"]["resumed"], true);
  EXPECT_EQ(new_.psql("SELECT sum(balance) FROM accounts"), old_.psql("SELECT sum(balance) FROM accounts"));
}

}  // namespace
}  // namespace pghaul::live
