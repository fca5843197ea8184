#include "pipeline/first_failure.h"

#include <gtest/gtest.h>

namespace pghaul::pipeline {
namespace {

TEST(FirstFailure, HasNotHappenedUnlessRecorded) {
  const FirstFailure failure;
  EXPECT_FALSE(failure.happened());
}

TEST(FirstFailure, KeepsTheCauseAndDropsTheConsequence) {
  FirstFailure failure;
  EXPECT_TRUE(failure.record({.code = ErrorCode::server_error, .message = "disk full"}));
  EXPECT_FALSE(failure.record({.code = ErrorCode::interrupted, .message = "cancelled"}));
  EXPECT_TRUE(failure.happened());
  EXPECT_EQ(failure.error().code, ErrorCode::server_error);
  EXPECT_EQ(failure.error().message, "disk full");
}

}  // namespace
}  // namespace pghaul::pipeline
