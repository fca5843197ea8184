#include <gtest/gtest.h>

#include <string>

#include "faults/lock.h"
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

/// The connection is lost while the server commits, which goes on with that, and is done only when the task
/// has been begun again.
TEST(LostAnswer, OfACommitThatTheRetryOvertakesIsFoundInTheJournal) {
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  source.psql(
      "create table t as select i as id, repeat('words ', 20) as words from generate_series(1, 80000) i");
  FaultProxy proxy(support::shared_target());
  proxy.at(FaultProxy::Way::to_server, 2'000'000, FaultProxy::Effect::stall);
  Process running(
      {PGHAUL_COMMAND, "copy", "--progress", "none", "--jobs", "1", source.uri(), proxy.uri(target.name())});
  ASSERT_TRUE(proxy.await_effects());  // among the rows
  Lock journal(target, "lock table pghaul_journal.done in share mode");
  proxy.go_on();
  const std::string commits = waiting_session(target, "pghaul");
  ASSERT_NE(commits, "") << running.err();
  proxy.cut_busiest(FaultProxy::Effect::reset);
  ASSERT_NE(waiting_session(target, "pghaul", commits), "") << running.err();  // for the other's lock on t
  journal.release();
  const ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(fidelity::differences(source, target), "");
}

}  // namespace
}  // namespace pghaul::faults
