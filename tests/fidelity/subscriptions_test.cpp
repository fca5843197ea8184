#include <gtest/gtest.h>

#include <string>

#include "fidelity/copy.h"
#include "fidelity/hostile_database.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"

namespace pghaul::fidelity {
namespace {

/// A database with a subscription can't be dropped.
void drop_subscription(const support::Database& database) {
  database.psql(
      "select format('alter subscription %1$I set (slot_name = none); drop subscription %1$I', subname)"
      " from pg_subscription where subdbid = (select oid from pg_database where datname = current_database())"
      " \\gexec");
}

TEST(Subscription, ArrivesDisabled) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: subscriptions";
  prepare(support::shared_source());
  prepare(support::shared_target());
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  fill(source, "subscriptions");
  const testing::AssertionResult done = copied(source, target, {"--skip-unreadable"});
  const std::string different = done ? differences(source, target) : "";
  const std::string enabled = target.psql(
      "select string_agg(subname || ':' || subenabled, ',') from pg_subscription s"
      " join pg_database d on d.oid = s.subdbid and d.datname = current_database()");
  drop_subscription(source);
  drop_subscription(target);
  EXPECT_TRUE(done);
  EXPECT_EQ(different, "");
  EXPECT_EQ(enabled, "follows:false");
}

}  // namespace
}  // namespace pghaul::fidelity
