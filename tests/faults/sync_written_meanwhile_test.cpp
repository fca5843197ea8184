#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "faults/lock.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"
#include "support/process.h"

namespace pghaul::faults {
namespace {

/// A target that somebody else writes to while a sync by its record waits for a lock.
class SyncByRecord : public testing::Test {
 protected:
  void SetUp() override {
    source.psql(
        "create table t (id int primary key, v text); insert into t select i, 'x' from generate_series(1, 100) i;"
        "create table same (id int primary key, v text); insert into same select i, 'x' from generate_series(1, 100) i;"
        "create table bag (v int); insert into bag values (1)");
    const support::Haul copy = support::haul({"copy", "--keep-record", source.uri(), target.uri()});
    ASSERT_EQ(copy.exit_status, 0) << copy.err;
    source.psql("update t set v = 'new' where id <= 5; insert into bag values (2)");
  }
  [[nodiscard]] std::vector<std::string> command() const {
    return {PGHAUL_COMMAND, "sync",        "--keep-record", "--progress", "none",
            "--confirm",    target.name(), source.uri(),    target.uri()};
  }
  /// Returns how a sync ends that waits for table t while somebody else does something.
  [[nodiscard]] support::ProcessResult sync_while(const std::string& sql) const {
    Lock lock(target, "lock table t in exclusive mode");
    support::Process sync(command());
    EXPECT_NE(waiting_session(target, "pghaul"), "");
    target.psql(sql);
    lock.release();
    return sync.wait();
  }
  void expect_mended() const {
    const support::ProcessResult again = support::run_command(command());
    EXPECT_EQ(again.exit_status, 0) << again.err;
    for (const char* query : {"select * from t order by id", "select * from same order by id"})
      EXPECT_EQ(source.psql(query), target.psql(query)) << query;
  }

  support::Cluster source_server{{.settings = {{"fsync", "on"}}}};
  const support::Database source{source_server};
  support::Cluster target_server;
  const support::Database target{target_server};
};

TEST_F(SyncByRecord, StopsBeforeATableThatSomebodyHasWrittenToMeanwhile) {
  for (const char* sql : {"update t set v = 'late' where id = 50", "insert into t values (500, 'late')"}) {
    Lock gate(target, "select pg_advisory_xact_lock(1)");
    support::Process late({"psql", "-Xq", "-d", target.uri(), "-c",
                           std::string("begin; lock table t in exclusive mode; select pg_advisory_xact_lock(1); ") +
                               sql + "; commit"});
    ASSERT_NE(waiting_session(target, "psql"), "");
    support::Process sync(command());
    ASSERT_NE(waiting_session(target, "pghaul"), "");
    gate.release();
    EXPECT_EQ(late.wait().exit_status, 0);
    const support::ProcessResult stopped = sync.wait();
    EXPECT_EQ(stopped.exit_status, 5) << stopped.err;
    EXPECT_NE(stopped.err.find("written to by somebody else"), std::string::npos) << stopped.err;
    expect_mended();
    source.psql("update t set v = v || '!' where id > 90");
  }
}

TEST_F(SyncByRecord, FindsNextTimeWhatWasWrittenMeanwhile) {
  const support::ProcessResult first = sync_while("update same set v = 'late' where id = 50");
  EXPECT_EQ(first.exit_status, 0) << first.err;
  EXPECT_EQ(target.psql("select count(*) from t where v = 'new'"), "5");
  expect_mended();
}

}  // namespace
}  // namespace pghaul::faults
