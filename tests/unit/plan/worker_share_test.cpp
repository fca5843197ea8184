#include "plan/worker_share.h"

#include <gtest/gtest.h>

namespace pghaul::plan {
namespace {

TEST(WorkerShare, IsTheDatabasesPartOfTheWork) {
  EXPECT_EQ(worker_share(10, 14, 4, 4), 3);
  EXPECT_EQ(worker_share(10, 10, 4, 4), 4);
  EXPECT_EQ(worker_share(5, 10, 8, 8), 4);
}

TEST(WorkerShare, IsAtLeastOneAndNoMoreThanAreFree) {
  EXPECT_EQ(worker_share(1, 1000, 4, 4), 1);
  EXPECT_EQ(worker_share(10, 10, 4, 2), 2);
  EXPECT_EQ(worker_share(0, 0, 4, 3), 3);
}

TEST(WorkerShare, LeavesRoomForTheConnectionsOfEachDatabase) {
  EXPECT_EQ(workers_for_databases(4, 100), 4);
  EXPECT_EQ(workers_for_databases(4, 7), 2);
  EXPECT_EQ(workers_for_databases(4, 1), 1);
}

}  // namespace
}  // namespace pghaul::plan
