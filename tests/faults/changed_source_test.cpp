#include <gtest/gtest.h>

#include <string>

#include "support/cluster.h"
#include "support/database.h"
#include "support/fault_proxy.h"
#include "support/pghaul.h"
#include "support/process.h"

namespace pghaul {
namespace {

using support::FaultProxy;

/// Somebody alters the source's tables while a copy runs: he waits until it no longer needs them. The copy is
/// held in the middle of its rows by a proxy before the target that is silent for a while.
TEST(ChangedSource, HasToWaitForTheCopy) {
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  source.psql(
      "create table first as select i as id, repeat('first ', 20) as words from generate_series(1, 50000) i;"
      "create table second as select i as id, repeat('other ', 20) as words from generate_series(1, 50000) "
      "i;");
  FaultProxy proxy(support::shared_target());
  proxy.at(FaultProxy::Way::to_server, 3'000'000, FaultProxy::Effect::stall);
  support::Process copy(
      {PGHAUL_COMMAND, "copy", source.uri(), proxy.uri(target.name()), "--progress", "none", "--jobs", "2"});
  ASSERT_TRUE(proxy.await_effects());
  for (const char* change :
       {"drop table first", "truncate second", "alter table second add column more int"}) {
    EXPECT_THROW(source.psql("set lock_timeout = '100ms'; " + std::string(change)), std::runtime_error)
        << change;
  }
  source.psql("insert into first values (0, 'after the snapshot')");
  proxy.go_on();
  const support::ProcessResult done = copy.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(target.psql("select (select count(*) from first), (select count(*) from second)"), "50000|50000");
}

}  // namespace
}  // namespace pghaul
