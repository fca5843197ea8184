#include <gtest/gtest.h>

#include <string>

#include "support/cluster.h"
#include "support/database.h"
#include "support/fault_proxy.h"
#include "support/pghaul.h"
#include "support/pooler.h"
#include "support/process.h"

namespace pghaul {
namespace {

using support::Pooler;

class PgBouncer : public testing::Test {
 protected:
  void SetUp() override {
    if (!Pooler::is_installed()) GTEST_SKIP() << "pgbouncer is not installed";
    source_.psql("create table t as select generate_series(1, 1000) as i; alter table t add primary key (i)");
  }
  void expect_refused(const std::string& source, const std::string& target, const std::string& side) const {
    const support::Haul run = support::haul({"copy", source, target, "--progress", "none"});
    EXPECT_EQ(run.exit_status, 3) << run.err;
    EXPECT_NE(run.err.find(side), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("transaction"), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("hint: "), std::string::npos) << run.err;
    EXPECT_EQ(target_.psql("select count(*) from pg_class where relname = 't'"), "0");
  }

  const support::Database source_{support::shared_source()};
  const support::Database target_{support::shared_target()};
};

TEST_F(PgBouncer, InTransactionModeIsRefusedBeforeTheSource) {
  const Pooler pooler(support::shared_source(), "transaction");
  expect_refused(pooler.to(source_), target_.uri(), "source");
}

TEST_F(PgBouncer, InTransactionModeIsRefusedBeforeTheTarget) {
  const Pooler pooler(support::shared_target(), "transaction");
  expect_refused(source_.uri(), pooler.to(target_), "target");
}

TEST_F(PgBouncer, InSessionModeWithItsDefaultsDoesNoHarm) {
  const Pooler before_source(support::shared_source(), "session");
  const Pooler before_target(support::shared_target(), "session");
  const support::Haul run = support::haul(
      {"copy", before_source.to(source_), before_target.to(target_), "--progress", "none", "--jobs", "2"});
  EXPECT_EQ(run.exit_status, 0) << run.err;
}

/// A pool with fewer sessions than the copy has workers.
class SmallPool : public PgBouncer {
 protected:
  void SetUp() override {
    PgBouncer::SetUp();
    for (int i = 0; i < 8; ++i) {
      source_.psql("create table t" + std::to_string(i) +
                   " as select i, md5(i::text) as words from generate_series(1, 10000) as i");
    }
  }
  void expect_copied(const std::string& source, const std::string& target, const std::string& side) const {
    const support::Haul run = support::haul({"copy", source, target, "--progress", "none", "--jobs", "8",
                                             "--retry-for", "20", "--stall-after", "4"});
    EXPECT_EQ(run.exit_status, 0) << run.err;
    EXPECT_NE(
        run.err.find("cannot connect to the " + side + ": the connection was accepted, but got no session"),
        std::string::npos)
        << run.err;
    EXPECT_NE(run.err.find("leave their tasks to the others"), std::string::npos) << run.err;
  }
};

TEST_F(SmallPool, BeforeTheSourceIsEnoughForFewerWorkers) {
  const Pooler pooler(support::shared_source(), "session", 3);
  expect_copied(pooler.to(source_), target_.uri(), "source");
}

TEST_F(SmallPool, BeforeTheTargetIsEnoughForFewerWorkers) {
  const Pooler pooler(support::shared_target(), "session", 3);
  expect_copied(source_.uri(), pooler.to(target_), "target");
}

TEST_F(SmallPool, ThatIsTakenByOthersIsAClearEnd) {
  const Pooler pooler(support::shared_source(), "session", 1);
  const support::Process other({"psql", "-X", "-c", "select pg_sleep(600)", pooler.to(source_)});
  while (source_.psql("select count(*) from pg_stat_activity where datname = current_database() and"
                      " wait_event = 'PgSleep'") == "0") {
  }
  const support::Haul run = support::haul({"copy", pooler.to(source_), target_.uri(), "--progress", "none",
                                           "--retry-for", "4", "--stall-after", "4"});
  EXPECT_EQ(run.exit_status, 4) << run.err;
  EXPECT_NE(run.err.find("got no session"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("raise its pool size"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace pghaul
