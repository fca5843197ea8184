#include <gtest/gtest.h>

#include <chrono>
#include <regex>
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
  /// Waits until a program has written text that matches.
  void await_output(const support::Process& program, const char* pattern) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    const std::regex awaited(pattern);
    while (!std::regex_search(program.out(), awaited)) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << pattern;
      target.psql("select");
    }
  }
  /// Returns how a sync ends that waits for table t, and says so, while somebody else does something.
  [[nodiscard]] support::ProcessResult sync_while(const std::string& sql) const {
    Lock lock(target, "lock table t in exclusive mode");
    std::vector<std::string> with_events = command();
    with_events.insert(with_events.end(), {"--events", "-"});
    support::Process sync(with_events);
    EXPECT_NE(waiting_session(target, "pghaul"), "");
    await_output(sync, R"("event":"progress".*"running":\["rows of public\.t"\])");
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

/// A copy that waits for an index of another table, once the rows of t have been read back.
TEST_F(SyncByRecord, FindsWhatWasWrittenBetweenTheReadBackAndTheEndOfTheCopy) {
  const support::Database copied(target_server);
  source.psql(
      "create function gate(int) returns int language plpgsql immutable as"
      " 'begin perform pg_catalog.pg_advisory_xact_lock(7); return $1; end'; create index on bag (gate(v))");
  Lock gate(copied, "select pg_advisory_xact_lock(7)");
  support::Process copy({PGHAUL_COMMAND, "copy", "--keep-record", "--progress", "none", "--events", "-",
                         source.uri(), copied.uri()});
  ASSERT_NE(waiting_session(copied, "pghaul"), "");
  await_output(copy, R"("event":"verify".*"object":"public\.t")");
  copied.psql("update t set v = 'late' where id = 50");
  gate.release();
  const support::ProcessResult done = copy.wait();
  ASSERT_EQ(done.exit_status, 0) << done.err;
  const support::Haul sync = support::haul({"sync", "--confirm", copied.name(), source.uri(), copied.uri()});
  EXPECT_EQ(sync.exit_status, 0) << sync.err;
  EXPECT_EQ(sync.report["sync"]["unchanged"], 2) << sync.report["sync"];
  EXPECT_EQ(source.psql("select * from t order by id"), copied.psql("select * from t order by id"));
}

}  // namespace
}  // namespace pghaul::faults
