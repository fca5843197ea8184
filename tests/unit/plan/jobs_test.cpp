#include "plan/jobs.h"

#include <gtest/gtest.h>

#include "support/catalog_builder.h"

namespace pghaul::plan {
namespace {

TEST(Jobs, AreAsManyAsAskedFor) {
  EXPECT_EQ(wanted_jobs(17, 2, 0.05), 17);
}

TEST(Jobs, FollowThisMachineWithinBounds) {
  EXPECT_EQ(wanted_jobs(0, 1, 0.001), 2);
  EXPECT_EQ(wanted_jobs(0, 4, 0.001), 4);
  EXPECT_EQ(wanted_jobs(0, 96, 0.001), 8);
}

TEST(Jobs, AreMoreWhereEachAnswerTakesItsTime) {
  EXPECT_EQ(wanted_jobs(0, 2, 0.04), kFarJobs);
  EXPECT_EQ(wanted_jobs(0, 8, 0.04), 8);
}

TEST(Jobs, AreBoundedByTheServerWithFewerConnections) {
  catalog::Server source = support::CatalogBuilder().catalog.server;
  catalog::Server target = support::empty_target();
  source.free_connections = 6;
  EXPECT_EQ(possible_jobs(source, &target), 4);
  target.free_connections = 3;
  EXPECT_EQ(possible_jobs(source, &target), 1);
  EXPECT_EQ(possible_jobs(source, nullptr), 4);
}

TEST(Jobs, ShareTheConnectionsOfOneServer) {
  const catalog::Server source = support::CatalogBuilder().catalog.server;
  catalog::Server target = source;
  target.database_oid += 1;
  EXPECT_EQ(possible_jobs(source, &target), 48);
}

TEST(Jobs, ShareAQuarterOfTheTargetsLocks) {
  catalog::Server target = support::empty_target();
  EXPECT_EQ(locks_together(target, 4), 10U);  // nothing is known
  target.settings = {{"max_locks_per_transaction", "64"}, {"max_connections", "100"}};
  EXPECT_EQ(locks_together(target, 4), 400U);
  EXPECT_EQ(locks_together(target, 8), 200U);
  target.settings["max_prepared_transactions"] = "100";
  EXPECT_EQ(locks_together(target, 4), 800U);
}

}  // namespace
}  // namespace pghaul::plan
