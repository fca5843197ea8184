#include "measure/past_copy.h"

#include <gtest/gtest.h>

namespace pghaul::measure {
namespace {

TEST(PastCopy, IsReadFromALineOfHistory) {
  const auto copy = PastCopy::from_json(
      R"({"predicted_seconds": 9.4, "seconds": 18, "source": "shop on db1:5432", "target": {"description": "x on db2:5432"}})");
  ASSERT_TRUE(copy);
  EXPECT_DOUBLE_EQ(copy->predicted_seconds, 9.4);
  EXPECT_DOUBLE_EQ(copy->seconds, 18);
  EXPECT_TRUE(copy->between("other on db1:5432", "shop on db2:5432"));
  EXPECT_FALSE(copy->between("shop on db1:5432", "shop on db3:5432"));
}

TEST(PastCopy, IsNoneWithoutBothFigures) {
  for (const char* text :
       {"", "[]", "{}", "nonsense", R"({"seconds": 3})", R"({"seconds": 3, "predicted_seconds": 0})",
        R"({"seconds": "3", "predicted_seconds": 4})"}) {
    EXPECT_FALSE(PastCopy::from_json(text)) << text;
  }
}

}  // namespace
}  // namespace pghaul::measure
