#include "rows/divided_tables.h"

#include <gtest/gtest.h>

namespace pghaul::rows {
namespace {

using postgres::Side;

Key key() {
  return {.columns = {{.name = "id", .type = 20, .field = 0}}, .by_range = false};
}

TEST(DividedTables, KnowsOnlyThoseThatWereAdded) {
  DividedTables tables;
  EXPECT_EQ(tables.buckets(3), nullptr);
  EXPECT_EQ(tables.tally(3), nullptr);
  tables.add({3}, Buckets::by_hash(key(), 2));
  ASSERT_NE(tables.buckets(3), nullptr);
  EXPECT_EQ(tables.buckets(3)->size(), 2);
  EXPECT_EQ(tables.buckets(4), nullptr);
}

TEST(DividedTables, AddsUpTheTablesOfATreeByBucketAndSide) {
  DividedTables tables;
  tables.add({1, 2}, Buckets::by_hash(key(), 2));
  tables.count(1, Side::source, {{.rows = 1}, {.rows = 10}});
  tables.count(2, Side::source, {{.rows = 2}, {.rows = 20}});
  tables.count(2, Side::target, {{.rows = 5}, {.rows = 0}});
  const BucketTally* tally = tables.tally(1);
  ASSERT_EQ(tally, tables.tally(2));
  EXPECT_EQ(tally->source[0].rows, 3);
  EXPECT_EQ(tally->source[1].rows, 30);
  EXPECT_EQ(tally->target[0].rows, 5);
  EXPECT_EQ(tally->target[1].rows, 0);
}

}  // namespace
}  // namespace pghaul::rows
