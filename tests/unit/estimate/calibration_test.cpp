#include "estimate/calibration.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "estimate/what_if.h"
#include "support/catalog_builder.h"

namespace pghaul::estimate {
namespace {

TEST(Calibration, GivesWhatWasSampledItsOwnFactors) {
  support::CatalogBuilder source;
  const catalog::Place one = source.table("one", 100_MiB);
  const catalog::Place two = source.table("two", 100_MiB);
  const plan::Factors factors = factors_of(
      source.catalog, {{.relation = one, .copy = 2, .read_back = 3}, {.relation = two, .copy = 8}}, 1);
  EXPECT_DOUBLE_EQ(factors.copy[one], 2);
  EXPECT_DOUBLE_EQ(factors.copy[two], 8);
  EXPECT_DOUBLE_EQ(factors.read_back[one], 3);
}

TEST(Calibration, TakesTheMedianOfOthersForWhatWasNot) {
  support::CatalogBuilder source;
  std::vector<TableSample> samples;
  for (const double factor : {2.0, 90.0, 3.0}) {
    const catalog::Place table = source.table("t" + std::to_string(samples.size()), 100_MiB);
    samples.push_back({.relation = table, .copy = factor});
  }
  const catalog::Place other = source.table("other", 100_MiB);
  EXPECT_DOUBLE_EQ(factors_of(source.catalog, samples, 1).copy[other], 3);
}

TEST(Calibration, GivesTinyTablesTheProcessorsSpeed) {
  support::CatalogBuilder source;
  const catalog::Place large = source.table("large", 100_MiB);
  const catalog::Place tiny = source.table("tiny");
  const plan::Factors factors = factors_of(source.catalog, {{.relation = large, .copy = 1.5}}, 2);
  EXPECT_DOUBLE_EQ(factors.copy[large], 1.5);
  EXPECT_DOUBLE_EQ(factors.copy[tiny], 2);
}

TEST(Calibration, GivesTinyTablesWhatABatchOfThemTook) {
  support::CatalogBuilder source;
  const catalog::Place large = source.table("large", 100_MiB);
  const catalog::Place tried = source.table("tried");
  const catalog::Place tiny = source.table("tiny");
  const catalog::Place index = source.index(tiny);
  const catalog::Place tried_index = source.index(tried);
  const plan::Factors factors = factors_of(
      source.catalog,
      {{.relation = large, .copy = 1.5}, {.relation = tried, .copy = 3, .indexes = {{tried_index, 4}}}}, 2);
  EXPECT_DOUBLE_EQ(factors.copy[large], 1.5);
  EXPECT_DOUBLE_EQ(factors.copy[tiny], 3);
  EXPECT_DOUBLE_EQ(factors.index[index], 4);
}

TEST(Calibration, LetsPartitionsSpeakForEachOther) {
  support::CatalogBuilder source;
  const catalog::Place parent = source.partitioned("p");
  const catalog::Place first = source.partition("p1", parent, 10_MiB);
  const catalog::Place second = source.partition("p2", parent, 10_MiB);
  const catalog::Place other = source.table("other", 500_MiB);
  const plan::Factors factors =
      factors_of(source.catalog, {{.relation = first, .copy = 5}, {.relation = other, .copy = 1}}, 1);
  EXPECT_DOUBLE_EQ(factors.copy[second], 5);
}

TEST(Calibration, WithoutAnySampleTakesTheProcessorsSpeed) {
  support::CatalogBuilder source;
  const catalog::Place table = source.table("t", 100_MiB);
  const catalog::Place index = source.index(table);
  const plan::Factors factors = factors_of(source.catalog, {}, 1.5);
  EXPECT_DOUBLE_EQ(factors.copy[table], 1.5);
  EXPECT_DOUBLE_EQ(factors.index[index], 1.5);
}

TEST(Grown, MakesEverythingLarger) {
  support::CatalogBuilder source;
  const catalog::Place table = source.table("t", 100_MiB);
  const catalog::Catalog larger = grown(source.catalog, 1.3);
  EXPECT_NEAR(static_cast<double>(larger.relations[table].heap_bytes),
              1.3 * static_cast<double>(source.catalog.relations[table].heap_bytes), 1);
  EXPECT_NEAR(larger.relations[table].estimated_rows, 1.3 * source.catalog.relations[table].estimated_rows,
              1);
  EXPECT_EQ(larger.relations.size(), source.catalog.relations.size());
}

}  // namespace
}  // namespace pghaul::estimate
