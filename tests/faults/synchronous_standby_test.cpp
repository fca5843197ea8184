#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "faults/shop.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/process.h"

namespace pghaul::faults {
namespace {

using support::Process;
using support::ProcessResult;

/// A target whose commits wait for a standby that is not there.
class SynchronousStandby : public testing::Test {
 protected:
  SynchronousStandby() {
    source_.psql("create table t as select generate_series(1, 1000) as i; create index on t (i)");
    ask_for("nowhere");
  }
  ~SynchronousStandby() override { ask_for(""); }
  void ask_for(const std::string& standby) const {
    server_.psql("postgres", "alter system set synchronous_standby_names = '" + standby + "'");
    server_.psql("postgres", "select pg_reload_conf()");
    while (server_.psql("postgres", "show synchronous_standby_names") != standby) {
    }
  }
  [[nodiscard]] std::vector<std::string> copy(const std::string& time_limit,
                                              const std::vector<std::string>& more = {}) const {
    std::vector<std::string> argv = {PGHAUL_COMMAND,  "copy",    source_.uri(), target_.uri(),
                                     "--progress",    "none",    "--retry-for", time_limit,
                                     "--stall-after", time_limit};
    argv.insert(argv.end(), more.begin(), more.end());
    return argv;
  }
  [[nodiscard]] static bool says(const Process& running, const std::string& words) {
    for (int looks = 0; looks < 600; ++looks) {
      if (running.err().find(words) != std::string::npos) return true;
      if (running.ends_within(std::chrono::milliseconds(100))) return false;
    }
    return false;
  }
  static constexpr const char* kWaits =
      "waits on the target for a synchronous standby to confirm a commit (synchronous_standby_names = "
      "'nowhere')";
  void expect_resumed() const {
    ask_for("");
    const ProcessResult done = support::run_command(copy("60", {"--resume"}));
    EXPECT_EQ(done.exit_status, 0) << done.err;
    EXPECT_FALSE(has_journal(target_));
    EXPECT_EQ(fidelity::differences(source_, target_), "");
  }

  const support::Cluster server_;
  const support::Database source_{support::shared_source()};
  const support::Database target_{server_};
};

TEST_F(SynchronousStandby, IsWaitedForWithAWordAndAnEnd) {
  const ProcessResult done = support::run_command(copy("2"));
  EXPECT_EQ(done.exit_status, 5) << done.out << done.err;
  EXPECT_NE(done.err.find(kWaits), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("given up after 2 s"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("--resume"), std::string::npos) << done.err;
  EXPECT_TRUE(has_journal(target_));
  expect_resumed();
}

TEST_F(SynchronousStandby, ThatIsNoLongerAskedForIsNotWaitedFor) {
  Process running(copy("60"));
  EXPECT_TRUE(says(running, kWaits)) << running.err();
  ask_for("");
  const ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_FALSE(has_journal(target_));
  EXPECT_EQ(fidelity::differences(source_, target_), "");
}

TEST_F(SynchronousStandby, KeepsNoInterruptWaitingAndNothingIsToldAsDone) {
  Process running(copy("60"));
  ASSERT_TRUE(says(running, kWaits)) << running.err();
  running.send(SIGTERM);
  const ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 130) << done.out << done.err;
  EXPECT_TRUE(has_journal(target_));
  expect_resumed();
}

TEST_F(SynchronousStandby, LetsNobodyInBeforeItConfirms) {
  const ProcessResult done = support::run_command(copy("2", {"--open-after", "data", "--events", "-"}));
  EXPECT_EQ(done.exit_status, 5) << done.out << done.err;
  EXPECT_NE(done.err.find(kWaits), std::string::npos) << done.err;
  EXPECT_EQ(done.out.find("\"open\":true"), std::string::npos) << done.out;
  ask_for("");
  const ProcessResult resumed = support::run_command(copy("60", {"--open-after", "data", "--resume"}));
  EXPECT_EQ(resumed.exit_status, 0) << resumed.err;
}

TEST_F(SynchronousStandby, KeepsNoRehearsalWaiting) {
  Process running(copy("60", {"--rehearse"}));
  ASSERT_TRUE(says(running, kWaits)) << running.err();
  running.send(SIGTERM);
  const ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 130) << done.out << done.err;
  EXPECT_EQ(
      server_.psql("postgres", "select count(*) from pg_database where datname like 'pghaul_rehearsal_%'"),
      "0");
}

/// A server, database or role may be set never to wait: then no commit does.
TEST_F(SynchronousStandby, IsNotWaitedForWhereCommitsNeedNone) {
  server_.psql("postgres", "alter system set synchronous_commit = off");
  server_.psql("postgres", "select pg_reload_conf()");
  while (server_.psql("postgres", "show synchronous_commit") != "off") {
  }
  const ProcessResult done = support::run_command(copy("60"));
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(done.err.find(kWaits), std::string::npos) << done.err;
}

}  // namespace
}  // namespace pghaul::faults
