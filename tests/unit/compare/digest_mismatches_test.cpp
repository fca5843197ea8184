#include "compare/digest_mismatches.h"

#include <gtest/gtest.h>

namespace pghaul::compare {
namespace {

TEST(Mismatches, AreAnErrorThatNamesTheFirstAndCountsTheOthers) {
  EXPECT_TRUE(as_status({}));
  const Status one = as_status({{"public.orders", "3 rows instead of 4"}});
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().code, ErrorCode::mismatch);
  EXPECT_EQ(one.error().object, "public.orders");
  EXPECT_EQ(one.error().message, "source and target differ: public.orders: 3 rows instead of 4");
  const Status three = as_status({{"a", "x"}, {"b", "y"}, {"c", "z"}});
  EXPECT_EQ(three.error().message, "source and target differ: a: x (and 2 more differences)");
}

}  // namespace
}  // namespace pghaul::compare
