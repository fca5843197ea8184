#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "faults/lock.h"
#include "faults/shop.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/fault_proxy.h"
#include "support/process.h"

namespace pghaul::faults {
namespace {

using support::FaultProxy;
using support::Process;
using support::ProcessResult;
using Effect = FaultProxy::Effect;
using Way = FaultProxy::Way;

/// A server, or the way to it, falls silent in the middle of a table, and nothing says so: no connection
/// ends.
class Stalled : public testing::Test {
 protected:
  Stalled() {
    source_.psql(
        "create table t as select i as id, repeat(md5(i::text), 3) as words"
        " from generate_series(1, 60000) i");
  }
  [[nodiscard]] std::vector<std::string> copy(const std::string& retry_for) const {
    return {PGHAUL_COMMAND,
            "copy",
            at_source_.uri(source_.name()),
            at_target_.uri(target_.name()),
            "--progress",
            "none",
            "--stall-after",
            "2",
            "--retry-for",
            retry_for,
            "--events",
            "-"};
  }
  /// False: it has ended, or not noticed within a minute.
  [[nodiscard]] static bool tries_again(const Process& running) {
    for (int looks = 0; looks < 600; ++looks) {
      if (running.out().find("\"event\":\"retry\"") != std::string::npos) return true;
      if (running.ends_within(std::chrono::milliseconds(100))) return false;
    }
    return false;
  }
  /// pghaul reads the source's catalogs beside pg_dump; waits until it has read them. False: not within a
  /// minute.
  [[nodiscard]] bool only_pg_dump_works() const {
    for (int looks = 0; looks < 600; ++looks) {
      if (elsewhere("select pg_sleep(0.1), count(*) filter (where application_name like 'pg_dump%' and"
                    " wait_event_type = 'Lock') > 0 and bool_and(application_name not like 'pghaul%' or"
                    " state like 'idle%' and state_change < clock_timestamp() - interval '1 second')"
                    " from pg_stat_activity where datname = '" +
                    source_.name() + "' and application_name <> 'holder'") == "|t") {
        return true;
      }
    }
    return false;
  }
  /// Asks in another database: a session that begins in one whose catalogs are locked may wait for these.
  [[nodiscard]] static std::string elsewhere(const std::string& sql) {
    return support::shared_source().psql("postgres", sql);
  }
  /// Falls silent within the table, and speaks again once pghaul has given the connection up.
  void expect_mended(FaultProxy& silent, Way rows) const {
    silent.at(rows, 3'000'000, Effect::stall);
    Process running(copy("120"));
    ASSERT_TRUE(silent.await_effects());
    ASSERT_TRUE(tries_again(running));
    silent.go_on();
    const ProcessResult done = running.wait();
    EXPECT_EQ(done.exit_status, 0) << done.err;
    EXPECT_FALSE(has_journal(target_));
    EXPECT_EQ(fidelity::differences(source_, target_), "");
  }

  const support::Database source_{support::shared_source()};
  const support::Database target_{support::shared_target()};
  FaultProxy at_source_{support::shared_source()};
  FaultProxy at_target_{support::shared_target()};
};

TEST_F(Stalled, TargetIsNoticedAndTriedAgain) {
  expect_mended(at_target_, Way::to_server);
}

TEST_F(Stalled, SourceIsNoticedAndTriedAgain) {
  expect_mended(at_source_, Way::to_client);
}

TEST_F(Stalled, ForGoodIsAClearEnd) {
  at_target_.at(Way::to_server, 3'000'000, Effect::stall);
  Process running(copy("3"));
  const ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 5) << done.err;
  EXPECT_NE(done.err.find("target"), std::string::npos) << done.err;
  at_target_.go_on();
}

TEST_F(Stalled, SourceIsNoticedWhilePgDumpWorks) {
  Lock lock(source_, "lock table pg_transform");  // which pghaul itself reads later
  Process running(copy("120"));                   // a lock is waited for as long
  ASSERT_TRUE(only_pg_dump_works());
  at_source_.stall();
  const ProcessResult done = running.wait();
  EXPECT_NE(done.exit_status, 0);
  EXPECT_NE(done.out.find("the source has not answered for 2 s, and pg_dump was ended"), std::string::npos)
      << done.out;
  EXPECT_FALSE(has_journal(target_));
  at_source_.go_on();
  lock.release();
}

TEST_F(Stalled, TargetIsNoticedWhilePgRestoreWorks) {
  source_.psql("create function one() returns int language sql as 'select 1'");
  Lock lock(target_, "lock table pg_proc in share mode");
  Process running(copy("120"));
  const std::string first = waiting_session(target_, "pg_restore");
  ASSERT_NE(first, "");
  at_target_.stall();
  ASSERT_TRUE(tries_again(running));
  EXPECT_NE(running.out().find("the target has not answered for 2 s, and pg_restore was ended"),
            std::string::npos)
      << running.out();
  at_target_.go_on();
  ASSERT_NE(waiting_session(target_, "pg_restore", first), "");
  lock.release();
  const ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_FALSE(has_journal(target_));
  EXPECT_EQ(fidelity::differences(source_, target_), "");
}

TEST_F(Stalled, DoesNotKeepAnInterruptWaiting) {
  at_target_.at(Way::to_server, 3'000'000, Effect::stall);
  Process running(copy("120"));
  ASSERT_TRUE(at_target_.await_effects());
  running.send(SIGINT);
  ASSERT_TRUE(running.ends_within(std::chrono::seconds(20)));
  EXPECT_EQ(running.wait().exit_status, 130);
  at_target_.go_on();
}

}  // namespace
}  // namespace pghaul::faults
