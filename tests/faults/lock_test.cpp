#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
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
  [[nodiscard]] std::vector<std::string> copy(const std::string& to, const std::string& time_limit,
                                              bool resume = false) const {
    std::vector<std::string> argv = {PGHAUL_COMMAND,  "copy",    source_.uri(), to,
                                     "--progress",    "none",    "--retry-for", time_limit,
                                     "--stall-after", time_limit};
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

TEST_F(Locked, SourceIsWaitedForWithAWordWhileItIsLookedAt) {
  Lock lock(source_, "lock table t");
  Process running(copy(target_.uri(), "60"));
  ASSERT_TRUE(says(running, "waits on the source for a lock on public.t that session ")) << running.err();
  lock.release();
  const ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(fidelity::differences(source_, target_), "");
}

TEST_F(Locked, SourceIsWaitedForWithAWordWhileOtherVerbsLookAtIt) {
  Process copying(copy(target_.uri(), "60"));
  ASSERT_EQ(copying.wait().exit_status, 0) << copying.err();
  const std::string folder = testing::TempDir() + target_.name();
  Lock lock(source_, "lock table t");
  Process comparing({PGHAUL_COMMAND, "verify", "--progress", "none", source_.uri(), target_.uri()});
  Process storing(copy("archive:" + folder, "60"));
  Process estimating({PGHAUL_COMMAND, "estimate", "--budget", "1", source_.uri()});
  Process reading({PGHAUL_COMMAND, "copy", "--discard", "--progress", "none", source_.uri()});
  Process over_a_link({PGHAUL_COMMAND, "plan", "--source-via", PGHAUL_COMMAND, source_.uri()});
  for (Process* one : {&comparing, &storing, &estimating, &reading, &over_a_link}) {
    EXPECT_TRUE(says(*one, "waits on the source for a lock on public.t that session ")) << one->err();
  }
  lock.release();
  for (Process* one : {&comparing, &storing, &estimating, &reading, &over_a_link}) {
    const ProcessResult done = one->wait();
    EXPECT_EQ(done.exit_status, 0) << done.err;
  }
  std::filesystem::remove_all(folder);
}

/// A live copy looks at everything before it leaves a trace on the source.
TEST_F(Locked, SourceOfALiveCopyIsWaitedForWithAWordBeforeItBegins) {
  const Lock lock(source_, "lock table t");
  std::vector<std::string> argv = copy(target_.uri(), "2");
  argv.emplace_back("--follow");
  Process running(argv);
  const ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 3) << done.err;
  EXPECT_NE(done.err.find("waits on the source for a lock on public.t that session "), std::string::npos)
      << done.err;
  EXPECT_NE(done.err.find("given up after 2 s"), std::string::npos) << done.err;
}

TEST_F(Locked, SourceThatStaysSoIsAClearEndBeforeAnythingIsTouched) {
  const Lock lock(source_, "lock table t");
  Process running(copy(target_.uri(), "2"));
  const ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 3) << done.err;
  EXPECT_NE(done.err.find("waits on the source for a lock on public.t that session "), std::string::npos)
      << done.err;
  EXPECT_NE(done.err.find("given up after 2 s"), std::string::npos) << done.err;
}

/// A session that wants to alter a table waits for the copy, and everyone who reads it after that waits
/// behind it: also the copy's own workers, which the server does not see as a deadlock.
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

/// A run reads t of the source, by a proxy that stalls meanwhile; then somebody wants to alter u, which is to
/// be read next.
class Altered : public Locked {
 protected:
  Altered() {
    source_.psql(
        "create table u as select * from t; insert into t select * from t; insert into t select * from t");
    proxy_.at(FaultProxy::Way::to_client, 3'000'000, FaultProxy::Effect::stall);
  }
  /// Starts that session, and returns its process.
  std::string come_in_the_way() {
    if (!proxy_.await_effects()) return {};
    alters_.emplace(std::vector<std::string>{"psql", "-XqAtd", source_.uri(), "-c",
                                             "begin; alter table u add more int; select pg_sleep(600)"});
    const std::string session = waiting_session(source_, "psql");
    proxy_.go_on();
    return session;
  }
  void go_out_of_the_way(const std::string& session) {
    source_.psql("select pg_terminate_backend(" + session + ")");
    (void)alters_->wait();
  }

  FaultProxy proxy_{support::shared_source()};
  std::optional<Process> alters_;
};

TEST_F(Altered, SourceOfAnArchiveIsWaitedForWithAWordAndAnEnd) {
  std::string folder = std::filesystem::temp_directory_path() / "pghaul-locked-XXXXXX";
  folder = mkdtemp(folder.data());
  std::vector<std::string> argv = copy("archive:" + folder + "/it", "5");
  argv[2] = proxy_.uri(source_.name());
  argv.insert(argv.end(), {"--jobs", "1"});
  Process running(argv);
  const std::string session = come_in_the_way();
  ASSERT_NE(session, "");
  EXPECT_TRUE(says(running, "waits on the source for a lock on public.u that session " + session))
      << running.err();
  const ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 5) << done.err;
  EXPECT_NE(done.err.find("requested, itself waiting for this copy; given up after 5 s"), std::string::npos)
      << done.err;
  go_out_of_the_way(session);
  argv.emplace_back("--resume");
  Process again(argv);
  const ProcessResult resumed = again.wait();
  EXPECT_EQ(resumed.exit_status, 0) << resumed.err;
  std::filesystem::remove_all(folder);
}

TEST_F(Altered, SourceOfAComparisonIsWaitedForWithAWord) {
  Process copying(copy(target_.uri(), "60"));
  ASSERT_EQ(copying.wait().exit_status, 0);
  Process running({PGHAUL_COMMAND, "verify", "--progress", "none", "--jobs", "1", proxy_.uri(source_.name()),
                   target_.uri()});
  const std::string session = come_in_the_way();
  ASSERT_NE(session, "");
  EXPECT_TRUE(
      says(running,
           "a session of this comparison waits on the source for a lock on public.u that session " + session))
      << running.err();
  go_out_of_the_way(session);
  const ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
}

}  // namespace
}  // namespace pghaul::faults
