#include "job/exit_status.h"

#include <gtest/gtest.h>

#include <set>

namespace pghaul::job {
namespace {

TEST(ExitStatus, IsZeroOfSuccessAlone) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::snapshot_lost); ++code) {
    for (const bool touched : {false, true})
      EXPECT_EQ(exit_status(static_cast<ErrorCode>(code), touched) == 0, code == 0) << code;
  }
}

TEST(ExitStatus, IsInTheTableThatTheManualShows) {
  std::set<int> shown;
  for (const ExitStatus& one : exit_statuses()) EXPECT_TRUE(shown.insert(one.status).second) << one.status;
  for (int code = 0; code <= static_cast<int>(ErrorCode::snapshot_lost); ++code) {
    for (const bool touched : {false, true})
      EXPECT_TRUE(shown.contains(exit_status(static_cast<ErrorCode>(code), touched))) << code;
  }
}

TEST(ExitStatus, SaysWhetherTheTargetHadBeenChanged) {
  EXPECT_EQ(exit_status(ErrorCode::connection_lost, false), 4);
  EXPECT_EQ(exit_status(ErrorCode::connection_lost, true), 5);
  EXPECT_EQ(exit_status(ErrorCode::server_error, false), 3);
  EXPECT_EQ(exit_status(ErrorCode::server_error, true), 5);
}

}  // namespace
}  // namespace pghaul::job
