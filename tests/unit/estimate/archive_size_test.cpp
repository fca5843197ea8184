#include "estimate/archive_size.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "support/catalog_builder.h"

namespace pghaul::estimate {
namespace {

using catalog::Place;

/// A sample of so many MiB on disk that took a share of that in the archive.
TableSample packed(Place relation, std::size_t megabytes, double to) {
  const auto bytes = static_cast<double>(megabytes << 20U);
  return {.relation = relation,
          .volume = {.heap_gb = bytes / kGigabyte},
          .stored_bytes = static_cast<std::int64_t>(bytes * to)};
}

TEST(ArchiveSize, GoesByEachTablesOwnSample) {
  support::CatalogBuilder source;
  const Place dense = source.table("dense", 100_MiB);
  const Place sparse = source.table("sparse", 100_MiB);
  EXPECT_NEAR(
      static_cast<double>(*stored_bytes(source.catalog, {packed(dense, 10, 0.9), packed(sparse, 10, 0.1)})),
      100_MiB, 10);
}

TEST(ArchiveSize, TakesPartitionsForEachOtherAndTheRestForTheAverage) {
  support::CatalogBuilder source;
  const Place parent = source.partitioned("p");
  const Place one = source.partition("one", parent, 100_MiB);
  source.partition("two", parent, 100_MiB);
  const Place other = source.table("other", 100_MiB);
  source.table("untried", 100_MiB);
  EXPECT_NEAR(
      static_cast<double>(*stored_bytes(source.catalog, {packed(one, 10, 0.5), packed(other, 10, 0.1)})),
      (50 + 50 + 10 + 30) * 1024.0 * 1024, 10);
}

TEST(ArchiveSize, LetsTinyTablesSpeakForTinyOnes) {
  support::CatalogBuilder source;
  const Place large = source.table("large", 100_MiB);
  const Place tiny = source.table("tiny", 8192);
  for (int i = 0; i < 1000; ++i) source.table("tiny" + std::to_string(i), 8192);
  TableSample group = packed(tiny, 1, 0.01);
  EXPECT_NEAR(static_cast<double>(*stored_bytes(source.catalog, {packed(large, 10, 0.5), group})),
              50.0 * 1_MiB + 1001 * 81.92, 100);
}

TEST(ArchiveSize, IsUnknownWithoutSamplesUnlessThereIsNothing) {
  support::CatalogBuilder source;
  EXPECT_EQ(stored_bytes(source.catalog, {}), 0);
  source.table("t", 1_MiB);
  EXPECT_EQ(stored_bytes(source.catalog, {}), std::nullopt);
}

TEST(ArchiveSize, HasToFitWithATenthToSpare) {
  EXPECT_TRUE(has_room(110, 100));
  EXPECT_FALSE(has_room(109, 100));
}

}  // namespace
}  // namespace pghaul::estimate
