#include "plan/interval.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "support/catalog_builder.h"

namespace pghaul::plan {
namespace {

Plan some_plan() {
  support::CatalogBuilder source;
  for (int i = 0; i < 20; ++i) source.key(source.table("t" + std::to_string(i), 200_MiB));
  return make_plan(source.catalog, nullptr, {.jobs = 4});
}

Interval likely(const Uncertainty& doubt) {
  return likely_seconds(some_plan(), {}, {}, 4, doubt);
}

TEST(Interval, HoldsTheForecast) {
  const double seconds = look_ahead(some_plan(), {}, {}, 4).seconds;
  const Interval interval = likely({});
  EXPECT_LT(interval.low, seconds);
  EXPECT_GT(interval.high, seconds);
}

TEST(Interval, WithoutDoubtIsOneNumber) {
  const Interval interval = likely({.overall = 0, .kind = 0, .task = 0});
  EXPECT_DOUBLE_EQ(interval.low, interval.high);
}

TEST(Interval, WidensWithDoubt) {
  const Interval little = likely({.overall = 0.05, .kind = 0.05, .task = 0.05});
  const Interval much = likely({.overall = 0.4, .kind = 0.3, .task = 0.3});
  EXPECT_LT(much.low, little.low);
  EXPECT_GT(much.high, little.high);
}

TEST(Interval, IsTheSameEveryTime) {
  EXPECT_EQ(likely({}).low, likely({}).low);
  EXPECT_EQ(likely({}).high, likely({}).high);
}

// Nine of ten of exp(N(0, 0.4)) lie below exp(0.4 * 1.28).
TEST(Interval, OfOneSharedErrorIsThatOfALogarithmicNormal) {
  const double seconds = look_ahead(some_plan(), {}, {}, 4).seconds;
  const Interval interval = likely({.overall = 0.4, .kind = 0, .task = 0});
  EXPECT_NEAR(interval.high / seconds, 1.67, 0.2);
  EXPECT_NEAR(interval.low / seconds, 0.6, 0.1);
}

}  // namespace
}  // namespace pghaul::plan
