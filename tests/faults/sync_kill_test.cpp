#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "faults/lock.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/process.h"

namespace pghaul::faults {
namespace {

/// The larger table is written first, by the only worker; a lock on the other one holds it up behind that.
TEST(SyncKilled, LeavesEachTableAsItWasOrAsItIsToBeAndGoesOn) {
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  for (const support::Database* database : {&source, &target}) {
    database->psql(
        "create table larger (id int primary key, v text); create table smaller (id int primary key, v text);"
        "insert into larger select i, repeat('x', 100) from generate_series(1, 5000) i;"
        "insert into smaller select i, 'x' from generate_series(1, 100) i");
  }
  source.psql("update larger set v = 'new' where id % 9 = 0; delete from smaller where id > 50");
  const std::vector<std::string> command{PGHAUL_COMMAND, "sync",      "--jobs",    "1",
                                         "--progress",   "none",      "--confirm", target.name(),
                                         source.uri(),   target.uri()};
  {
    Lock lock(target, "lock table smaller in exclusive mode");
    support::Process sync(command);
    ASSERT_NE(waiting_session(target, "pghaul"), "");
    sync.send(SIGKILL);
    EXPECT_EQ(sync.wait().exit_status, 128 + SIGKILL);
  }
  EXPECT_EQ(target.psql("select count(*) from larger where v = 'new'"), "555");
  EXPECT_EQ(target.psql("select count(*) from smaller"), "100");
  const support::ProcessResult again = support::run_command(command);
  EXPECT_EQ(again.exit_status, 0) << again.err;
  EXPECT_EQ(fidelity::differences(source, target), "");
}

TEST(SyncStopped, SaysThatTheSameCommandContinues) {
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  for (const support::Database* database : {&source, &target})
    database->psql("create table t (id int primary key)");
  source.psql("insert into t values (1)");
  Lock lock(target, "lock table t in exclusive mode");
  support::Process sync({PGHAUL_COMMAND, "sync", "--confirm", target.name(), source.uri(), target.uri()});
  ASSERT_NE(waiting_session(target, "pghaul"), "");
  sync.send(SIGINT);
  const support::ProcessResult stopped = sync.wait();
  EXPECT_EQ(stopped.exit_status, 130) << stopped.err;
  EXPECT_NE(stopped.err.find("the same command again continues"), std::string::npos) << stopped.err;
}

TEST(SyncCutOff, BeginsAgainByItself) {
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  for (const support::Database* database : {&source, &target})
    database->psql("create table t (id int primary key); create table u (id int primary key)");
  source.psql("insert into t select generate_series(1, 100); insert into u values (1)");
  Lock lock(target, "lock table t in exclusive mode");
  support::Process sync(
      {PGHAUL_COMMAND, "sync", "--events", "-", "--confirm", target.name(), source.uri(), target.uri()});
  ASSERT_NE(waiting_session(target, "pghaul"), "");
  target.psql(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
      " and application_name like 'pghaul%'");
  lock.release();
  const support::ProcessResult done = sync.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_NE(done.out.find(R"("event":"retry")"), std::string::npos) << done.out;
  EXPECT_NE(done.out.find(R"("event":"table_synced")"), std::string::npos) << done.out;
  EXPECT_EQ(fidelity::differences(source, target), "");
}

}  // namespace
}  // namespace pghaul::faults
