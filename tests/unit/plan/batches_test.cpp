#include "plan/batches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/units.h"
#include "support/catalog_builder.h"

namespace pghaul::plan {
namespace {

using support::CatalogBuilder;

std::vector<Batch> batches_of(const CatalogBuilder& source, int jobs) {
  return batch_relations(source.catalog, Relatives(source.catalog), jobs);
}

CatalogBuilder many_tables(int count, std::size_t bytes) {
  CatalogBuilder source;
  for (int i = 0; i < count; ++i) source.table("t" + std::to_string(i), bytes);
  return source;
}

TEST(Batches, HoldEveryTableOnce) {
  CatalogBuilder source = many_tables(1000, 8_KiB);
  source.table("large", 1_MiB);
  source.view("view", {});
  const catalog::Place parent = source.partitioned("parent");
  std::multiset<catalog::Place> held;
  for (const Batch& batch : batches_of(source, 4))
    held.insert(batch.relations.begin(), batch.relations.end());
  EXPECT_EQ(held.size(), 1002U);
  EXPECT_EQ(std::set(held.begin(), held.end()).size(), 1002U);
  EXPECT_EQ(held.count(parent), 1U);
}

TEST(Batches, PutTablesLastWhoseChecksReadOthers) {
  CatalogBuilder source = many_tables(3, 8_KiB);
  source.relation(1).reads_in_checks = true;
  const std::vector<Batch> batches = batches_of(source, 1);
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches.back().relations, std::vector<catalog::Place>{1});
  EXPECT_FALSE(batches.back().tiny);
}

/// A crash of the target takes what a task of unlogged tables has done, and of no other.
TEST(Batches, HoldUnloggedTablesApart) {
  CatalogBuilder source = many_tables(6, 8_KiB);
  for (const catalog::Place place : {1U, 4U}) source.relation(place).persistence = 'u';
  const std::vector<Batch> batches = batches_of(source, 1);
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[0].relations, (std::vector<catalog::Place>{0, 2, 3, 5}));
  EXPECT_EQ(batches[1].relations, (std::vector<catalog::Place>{1, 4}));
}

TEST(Batches, LeaveTablesAloneThatAreDefinedOnly) {
  CatalogBuilder source = many_tables(3, 8_KiB);
  source.relation(1).readable = false;
  EXPECT_EQ(batches_of(source, 1).front().relations, std::vector<catalog::Place>{1});
}

TEST(Batches, GiveEveryWorkerSeveral) {
  const CatalogBuilder source = many_tables(1000, 8_KiB);
  for (const int jobs : {1, 2, 4, 8})
    EXPECT_GE(batches_of(source, jobs).size(), 4U * static_cast<unsigned>(jobs));
}

TEST(Batches, AreNotSplitIntoCrumbs) {
  EXPECT_EQ(batches_of(many_tables(16, 8_KiB), 8).size(), 2U);
}

TEST(Batches, AreBoundedInTablesBytesAndIndexes) {
  EXPECT_EQ(batches_of(many_tables(10'000, 0), 2).size(), 100U);
  EXPECT_EQ(batches_of(many_tables(3'200, 200_KiB), 2).size(), 80U);  // 40 of 200 KiB are under 8 MiB
  CatalogBuilder indexed = many_tables(1'000, 0);
  for (catalog::Place table = 0; table < 1'000; ++table) {
    for (int i = 0; i < 4; ++i) indexed.index(table);
  }
  EXPECT_EQ(batches_of(indexed, 1).size(), 26U);
}

TEST(Batches, LeaveNoSmallOneOver) {
  CatalogBuilder indexed = many_tables(1'000, 0);  // 66 of which, with their indexes, fill a task
  for (catalog::Place table = 0; table < 1'000; ++table) {
    for (int i = 0; i < 2; ++i) indexed.index(table);
  }
  for (const Batch& batch : batches_of(indexed, 2)) EXPECT_GE(batch.relations.size(), 50U);
}

TEST(Batches, LeaveALargerTableAlone) {
  CatalogBuilder source = many_tables(20, 8_KiB);
  const catalog::Place large = source.table("large", 256_KiB);
  const std::vector<Batch> batches = batches_of(source, 2);
  const auto found = std::ranges::find_if(batches, [](const Batch& batch) { return !batch.tiny; });
  ASSERT_NE(found, batches.end());
  EXPECT_EQ(found->relations, std::vector{large});
}

TEST(Batches, CountToastAsSize) {
  CatalogBuilder source = many_tables(1, 8_KiB);
  source.relation(0).toast_bytes = 1 << 20;
  EXPECT_FALSE(batches_of(source, 2)[0].tiny);
}

TEST(Batches, BeginWithConfigurationTablesInTheOrderOfTheirKeys) {
  CatalogBuilder source = many_tables(3, 8_KiB);
  const catalog::Place link = source.table("link", 1 << 20);
  const catalog::Place node = source.table("node", 1 << 20);
  for (const catalog::Place place : {link, node}) source.relation(place).extension = "net";
  source.relation(link).depends_on = {source.relation(node).oid};
  source.relation(node).depends_on = {source.relation(link).oid};  // a cycle, cut where it is entered
  const std::vector<Batch> batches = batches_of(source, 2);
  EXPECT_EQ(batches.front().relations, (std::vector{node, link}));
  std::size_t all = 0;
  for (const Batch& batch : batches) all += batch.relations.size();
  EXPECT_EQ(all, 5U);
}

TEST(Batches, DoNotMixTablesWithPartitionedOnes) {
  CatalogBuilder source = many_tables(3, 8_KiB);
  source.partition("part", source.partitioned("parent"));
  for (const Batch& batch : batches_of(source, 2)) {
    std::set<char> kinds;
    for (const catalog::Place place : batch.relations) kinds.insert(source.relation(place).kind);
    EXPECT_EQ(kinds.size(), 1U);
  }
}

}  // namespace
}  // namespace pghaul::plan
