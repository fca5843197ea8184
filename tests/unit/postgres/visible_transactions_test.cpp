#include "postgres/visible_transactions.h"

#include <gtest/gtest.h>

namespace pghaul::postgres {
namespace {

TEST(VisibleTransactions, AreReadFromASnapshot) {
  const auto seen = VisibleTransactions::parse("4294967300:4294967310:4294967301,4294967305");
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->sees(4));            // 2^32 + 4
  EXPECT_FALSE(seen->sees(5));           // in progress
  EXPECT_FALSE(seen->sees(9));           // in progress: 2^32 + 9
  EXPECT_FALSE(seen->sees(14));          // assigned later
  EXPECT_TRUE(seen->sees(4294967290U));  // before the numbers came round
  for (const char* wrong : {"", "1", "1:x:", "1:2:,", "1:2:a"}) {
    EXPECT_FALSE(VisibleTransactions::parse(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace pghaul::postgres
