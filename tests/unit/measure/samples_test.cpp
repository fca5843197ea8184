#include "measure/samples.h"

#include <gtest/gtest.h>

namespace pghaul::measure {
namespace {

TEST(Samples, KeepTheFirstAndTheLatest) {
  Samples samples;
  for (const double at : {1.0, 1.05, 1.1})
    samples.take({.at = at, .bytes = static_cast<std::uint64_t>(at * 100)});
  const std::vector<Sample> all = samples.all();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_DOUBLE_EQ(all.front().at, 1);
  EXPECT_DOUBLE_EQ(all.back().at, 1.1);
}

TEST(Samples, StayFewHoweverLongTheRun) {
  Samples samples;
  for (int i = 0; i < 1'000'000; ++i) samples.take({.at = i * 0.2, .bytes = static_cast<std::uint64_t>(i)});
  const std::vector<Sample> all = samples.all();
  EXPECT_LT(all.size(), 1'300U);
  EXPECT_GT(all.size(), 400U);
  EXPECT_DOUBLE_EQ(all.front().at, 0);
  EXPECT_EQ(all.back().bytes, 999'999U);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_GT(all[i].at, all[i - 1].at);
}

}  // namespace
}  // namespace pghaul::measure
