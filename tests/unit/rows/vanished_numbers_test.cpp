#include "rows/vanished_numbers.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

namespace pghaul::rows {
namespace {

constexpr std::int64_t kPart = std::int64_t{1} << 21;

void expect_parts(const Numbers& all, const std::vector<Numbers>& expected) {
  const std::vector<Numbers> parts = parts_of(all);
  ASSERT_EQ(parts.size(), expected.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    EXPECT_EQ(parts[i].first, expected[i].first);
    EXPECT_EQ(parts[i].last, expected[i].last);
  }
}

TEST(VanishedNumbers, AreLookedForInPartsWithoutGapsUpToTheLastNumbersThereAre) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  expect_parts({7, 7}, {{7, 7}});
  expect_parts({1, kPart}, {{1, kPart}});
  expect_parts({-1, kPart}, {{-1, kPart - 2}, {kPart - 1, kPart}});
  expect_parts({kMost - kPart, kMost}, {{kMost - kPart, kMost - 1}, {kMost, kMost}});
  expect_parts({kLeast, kLeast + 5}, {{kLeast, kLeast + 5}});
  EXPECT_EQ((Numbers{kLeast, kMost}.width()), std::numeric_limits<std::uint64_t>::max());
}

TEST(VanishedNumbers, AreAskedForAsBits) {
  catalog::Relation table;
  table.name = {"app", "Orders"};
  Key key;
  key.columns.push_back({.name = "Id", .type = 23, .field = 0});
  EXPECT_EQ(
      copy_bits_sql(table, key, {-5, 9}),
      "COPY (SELECT place >> 6, pg_catalog.bit_or(1::bigint << (place & 63)::integer) FROM (SELECT \"Id\" - "
      "'-5'::bigint AS place FROM ONLY \"app\".\"Orders\" WHERE \"Id\" >= '-5' AND \"Id\" <= '9') AS keys "
      "GROUP BY 1) TO STDOUT (FORMAT binary)");
}

}  // namespace
}  // namespace pghaul::rows
