#include <gtest/gtest.h>

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

/// Somebody else holds a lock that the copy needs.
class Locked : public testing::Test {
 protected:
  Locked() {
    source_.psql(
        "create function one() returns int language sql as 'select 1';"
        "create table t as select i as id, repeat('words ', 20) as words from generate_series(1, 20000) i");
  }
  [[nodiscard]] std::vector<std::string> copy(const std::string& to, const std::string& patience,
                                              bool resume = false) const {
    std::vector<std::string> argv = {PGHAUL_COMMAND, "copy",   source_.uri(),   to,      "--progress", "none",
                                     "--retry-for",  patience, "--stall-after", patience};
    if (resume) argv.emplace_back("--resume");
    return argv;
  }
  [[nodiscard]] static bool says(const Process& running, const std::string& words) {
    for (int looks = 0; looks < 600; ++looks) {
      if (running.err().find(words) != std::string::npos) return true;
      if (running.ends_within(std::chrono::milliseconds(100))) return false;
    }
    return false;
  }
  void expect_resumed() const {
    Process again(copy(target_.uri(), "60", true));
    const ProcessResult done = again.wait();
    EXPECT_EQ(done.exit_status, 0) << done.err;
    EXPECT_EQ(fidelity::differences(source_, target_), "");
  }

  const support::Database source_{support::shared_source()};
  const support::Database target_{support::shared_target()};
};

TEST_F(Locked, TargetIsWaitedForWithAWordAndAnEndWhilePgRestoreWorks) {
  Lock lock(target_, "lock table pg_proc in share mode");
  Process running(copy(target_.uri(), "2"));
  const ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 5) << done.err;
  EXPECT_NE(done.err.find("waits on the target for a lock on pg_catalog.pg_proc that session "),
            std::string::npos)
      << done.err;
  EXPECT_NE(done.err.find("(holder, role "), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("given up after 2 s"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("--resume"), std::string::npos) << done.err;
  lock.release();
  expect_resumed();
}

TEST_F(Locked, TargetThatIsLetGoOfIsGoneOnWith) {
  Lock lock(target_, "lock table pg_event_trigger in share mode");
  source_.psql(
      "create function told() returns event_trigger language plpgsql as 'begin end';"
      "create event trigger \"" +
      source_.name() + "\" on ddl_command_end execute function told()");
  Process running(copy(target_.uri(), "60"));
  ASSERT_TRUE(says(running, "waits on the target for a lock on pg_catalog.pg_event_trigger"))
      << running.err();
  lock.release();
  const ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(fidelity::differences(source_, target_), "");
}

/// Who wants to alter a table waits for the copy, and whoever reads it after that waits behind him: also the
/// copy's own workers, which the server does not see as a deadlock.
TEST_F(Locked, SourceByWhoWaitsForTheCopyIsSeen) {
  source_.psql(
      "create table u as select * from t; insert into t select * from t; insert into t select * from t");
  FaultProxy proxy(support::shared_target());
  proxy.at(FaultProxy::Way::to_server, 3'000'000, FaultProxy::Effect::stall);
  std::vector<std::string> argv = copy(proxy.uri(target_.name()), "60");
  argv.insert(argv.end(), {"--jobs", "1"});
  Process running(argv);
  ASSERT_TRUE(proxy.await_effects());  // among the rows of t
  Process alters({"psql", "-XqAtd", source_.uri(), "-c", "alter table u add more int"});
  const std::string in_the_way = waiting_session(source_, "psql");
  ASSERT_NE(in_the_way, "");
  proxy.go_on();
  ASSERT_TRUE(says(running, "waits on the source for a lock on public.u that session " + in_the_way))
      << running.err();
  source_.psql("select pg_terminate_backend(" + in_the_way + ")");
  (void)alters.wait();
  const ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(fidelity::differences(source_, target_), "");
}

}  // namespace
}  // namespace pghaul::faults
