#include "estimate/sample_choice.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "support/catalog_builder.h"

namespace pghaul::estimate {
namespace {

using catalog::Place;

TEST(SampleChoice, TriesTheTablesWithTheMostBytesFirst) {
  support::CatalogBuilder source;
  const Place small = source.table("small", 100_MiB);
  const Place large = source.table("large", 900_MiB);
  EXPECT_EQ(sample_choice(source.catalog, {}), (std::vector<std::vector<Place>>{{large}, {small}}));
}

TEST(SampleChoice, TriesOnePartitionForAllOfThem) {
  support::CatalogBuilder source;
  const Place parent = source.partitioned("p");
  source.partition("p1", parent, 200_MiB);
  const Place larger = source.partition("p2", parent, 300_MiB);
  source.partition("p3", parent, 200_MiB);
  const Place other = source.table("other", 600_MiB);  // less than all partitions, more than one
  EXPECT_EQ(sample_choice(source.catalog, {}), (std::vector<std::vector<Place>>{{larger}, {other}}));
}

TEST(SampleChoice, TriesNoTinyOrEmptyTableByItself) {
  support::CatalogBuilder source;
  source.table("tiny", 8192);
  source.table("empty", 0);
  EXPECT_TRUE(sample_choice(source.catalog, {}).empty());
}

TEST(SampleChoice, TriesTinyTablesTogetherAsACopyTakesThem) {
  support::CatalogBuilder source;
  plan::Plan plan;
  std::vector<Place> tables;
  for (int i = 0; i < 60; ++i) tables.push_back(source.table("t" + std::to_string(i)));
  plan.graph.add({.kind = plan::TaskKind::copy, .objects = tables});
  const auto choice = sample_choice(source.catalog, plan);
  ASSERT_EQ(choice.size(), 1U);
  EXPECT_EQ(choice[0].size(), 50U);
}

}  // namespace
}  // namespace pghaul::estimate
