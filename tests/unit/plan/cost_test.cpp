#include "plan/cost.h"

#include <gtest/gtest.h>

#include "support/catalog_builder.h"

namespace pghaul::plan {
namespace {

const Rates kRates;
const Volume kWide = {.rows = 4e6, .heap_gb = 1.2, .toast_gb = 0};

catalog::IndexInfo index(const std::string& method, bool text = false) {
  return {.access_method = method, .bytes = 90'000'000, .text_key = text};
}

TEST(Cost, GivesBackWhatWasMeasured) {
  EXPECT_NEAR(copy_seconds(kWide, true, kRates), 5.75, 0.35);
  EXPECT_NEAR(read_back_seconds(kWide, true, kRates), 2.3, 0.1);
  EXPECT_NEAR(read_back_seconds(kWide, false, kRates), 3.2, 0.1);
  const Volume tickets = {.rows = 1e6, .heap_gb = 0.19, .toast_gb = 0};
  EXPECT_NEAR(index_seconds(index("btree"), tickets, kRates), 0.45, 0.02);
  EXPECT_NEAR(index_seconds(index("btree", true), tickets, kRates), 1.7, 0.1);
  EXPECT_NEAR(analyze_seconds(kWide, 16, kRates), 0.3, 0.02);
}

TEST(Cost, OfAnIndexDependsOnWhatItHolds) {
  const double whole = index_seconds(index("btree"), kWide, kRates);
  catalog::IndexInfo partial = index("btree");
  partial.bytes /= 100;
  EXPECT_LT(index_seconds(partial, kWide, kRates), whole);
  EXPECT_LT(index_seconds(index("brin"), kWide, kRates), whole);
  EXPECT_GT(index_seconds(index("gin"), kWide, kRates), whole);
  catalog::IndexInfo empty = index("btree");
  empty.partitioned = true;
  EXPECT_LT(index_seconds(empty, kWide, kRates), 0.01);
}

TEST(Cost, GrowsWithToastAndText) {
  Volume documents = kWide;
  documents.toast_gb = 1;
  EXPECT_GT(copy_seconds(documents, true, kRates), copy_seconds(kWide, true, kRates));
  EXPECT_GT(copy_seconds(kWide, false, kRates), copy_seconds(kWide, true, kRates));
  EXPECT_GT(foreign_key_seconds(kWide, kWide, kRates), foreign_key_seconds(kWide, {}, kRates));
}

TEST(Cost, OfLargeObjectsIsThatOfTheirBeginningsAndOfWhatLiesBeyond) {
  const Rates rates{.large_object = 0.001, .large_object_gb = 1e-5, .large_objects_gb = 10};
  catalog::LargeObjects objects;
  objects.count = 1000;
  objects.bytes = 10'000'000;  // as much as their beginnings
  EXPECT_DOUBLE_EQ(large_objects_seconds(objects, rates), 1);
  objects.bytes = 1'010'000'000;
  EXPECT_DOUBLE_EQ(large_objects_seconds(objects, rates), 11);
}

TEST(Cost, GuessesRowsThatTheServerHasNotCounted) {
  support::CatalogBuilder source;
  catalog::Relation& table = source.relation(source.table("t", 1'200'000));
  for (const double unknown : {-1.0, 0.0}) {
    table.estimated_rows = unknown;
    EXPECT_DOUBLE_EQ(volume_of(table).rows, 10'000);
  }
  table.estimated_rows = 7;
  EXPECT_DOUBLE_EQ(volume_of(table).rows, 7);
}

}  // namespace
}  // namespace pghaul::plan
