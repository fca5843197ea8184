#include "measure/rate.h"

#include <gtest/gtest.h>

namespace pghaul::measure {
namespace {

TEST(Rate, IsThatOfTheLastSeconds) {
  Rate rate;
  rate.take(0, 0);
  rate.take(1, 500);
  rate.take(10, 1'000);
  rate.take(15, 6'000);
  ASSERT_TRUE(rate.bytes_per_second());
  EXPECT_DOUBLE_EQ(*rate.bytes_per_second(), 1'000);
}

TEST(Rate, IsUnknownUntilThereIsEnoughToTell) {
  Rate rate;
  EXPECT_FALSE(rate.bytes_per_second());
  rate.take(0, 0);
  EXPECT_FALSE(rate.bytes_per_second());
  rate.take(0.2, 100);
  EXPECT_FALSE(rate.bytes_per_second());
  rate.take(1, 500);
  EXPECT_DOUBLE_EQ(rate.bytes_per_second().value(), 500);
}

TEST(Rate, BeginsAnewWhenBytesHaveToBeMovedAgain) {
  Rate rate;
  rate.take(0, 0);
  rate.take(1, 1'000'000);
  rate.take(2, 10);
  EXPECT_FALSE(rate.bytes_per_second());
}

}  // namespace
}  // namespace pghaul::measure
