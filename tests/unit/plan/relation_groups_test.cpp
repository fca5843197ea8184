#include "plan/relation_groups.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/units.h"
#include "support/catalog_builder.h"

namespace pghaul::plan {
namespace {

using support::CatalogBuilder;

std::vector<RelationGroup> groups_of(const CatalogBuilder& source, int jobs) {
  return group_relations(source.catalog, Relatives(source.catalog), jobs);
}

CatalogBuilder many_tables(int count, std::size_t bytes) {
  CatalogBuilder source;
  for (int i = 0; i < count; ++i) source.table("t" + std::to_string(i), bytes);
  return source;
}

TEST(RelationGroups, HoldEveryTableOnce) {
  CatalogBuilder source = many_tables(1000, 8_KiB);
  source.table("large", 1_MiB);
  source.view("view", {});
  const catalog::Place parent = source.partitioned("parent");
  std::multiset<catalog::Place> held;
  for (const RelationGroup& group : groups_of(source, 4))
    held.insert(group.relations.begin(), group.relations.end());
  EXPECT_EQ(held.size(), 1002U);
  EXPECT_EQ(std::set(held.begin(), held.end()).size(), 1002U);
  EXPECT_EQ(held.count(parent), 1U);
}

TEST(RelationGroups, PutTablesLastWhoseChecksReadOthers) {
  CatalogBuilder source = many_tables(3, 8_KiB);
  source.relation(1).reads_in_checks = true;
  const std::vector<RelationGroup> groups = groups_of(source, 1);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups.back().relations, std::vector<catalog::Place>{1});
  EXPECT_FALSE(groups.back().tiny);
}

/// A crash of the target takes what a task of unlogged tables has done, and of no other.
TEST(RelationGroups, HoldUnloggedTablesApart) {
  CatalogBuilder source = many_tables(6, 8_KiB);
  for (const catalog::Place place : {1U, 4U}) source.relation(place).persistence = 'u';
  const std::vector<RelationGroup> groups = groups_of(source, 1);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].relations, (std::vector<catalog::Place>{0, 2, 3, 5}));
  EXPECT_EQ(groups[1].relations, (std::vector<catalog::Place>{1, 4}));
}

TEST(RelationGroups, LeaveTablesAloneThatAreDefinedOnly) {
  CatalogBuilder source = many_tables(3, 8_KiB);
  source.relation(1).readable = false;
  EXPECT_EQ(groups_of(source, 1).front().relations, std::vector<catalog::Place>{1});
}

TEST(RelationGroups, GiveEveryWorkerSeveral) {
  const CatalogBuilder source = many_tables(1000, 8_KiB);
  for (const int jobs : {1, 2, 4, 8})
    EXPECT_GE(groups_of(source, jobs).size(), 4U * static_cast<unsigned>(jobs));
}

TEST(RelationGroups, AreNotSplitIntoCrumbs) {
  EXPECT_EQ(groups_of(many_tables(16, 8_KiB), 8).size(), 2U);
}

TEST(RelationGroups, AreBoundedInTablesBytesAndIndexes) {
  EXPECT_EQ(groups_of(many_tables(10'000, 0), 2).size(), 100U);
  EXPECT_EQ(groups_of(many_tables(3'200, 200_KiB), 2).size(), 80U);  // 40 of 200 KiB are under 8 MiB
  CatalogBuilder indexed = many_tables(1'000, 0);
  for (catalog::Place table = 0; table < 1'000; ++table) {
    for (int i = 0; i < 4; ++i) indexed.index(table);
  }
  EXPECT_EQ(groups_of(indexed, 1).size(), 26U);
}

TEST(RelationGroups, LeaveNoSmallOneOver) {
  CatalogBuilder indexed = many_tables(1'000, 0);  // 66 of which, with their indexes, fill a task
  for (catalog::Place table = 0; table < 1'000; ++table) {
    for (int i = 0; i < 2; ++i) indexed.index(table);
  }
  for (const RelationGroup& group : groups_of(indexed, 2)) EXPECT_GE(group.relations.size(), 50U);
}

TEST(RelationGroups, LeaveALargerTableAlone) {
  CatalogBuilder source = many_tables(20, 8_KiB);
  const catalog::Place large = source.table("large", 256_KiB);
  const std::vector<RelationGroup> groups = groups_of(source, 2);
  const auto found = std::ranges::find_if(groups, [](const RelationGroup& group) { return !group.tiny; });
  ASSERT_NE(found, groups.end());
  EXPECT_EQ(found->relations, std::vector{large});
}

TEST(RelationGroups, CountToastAsSize) {
  CatalogBuilder source = many_tables(1, 8_KiB);
  source.relation(0).toast_bytes = 1 << 20;
  EXPECT_FALSE(groups_of(source, 2)[0].tiny);
}

TEST(RelationGroups, BeginWithConfigurationTablesInTheOrderOfTheirKeys) {
  CatalogBuilder source = many_tables(3, 8_KiB);
  const catalog::Place link = source.table("link", 1 << 20);
  const catalog::Place node = source.table("node", 1 << 20);
  for (const catalog::Place place : {link, node}) source.relation(place).extension = "net";
  source.relation(link).depends_on = {source.relation(node).oid};
  source.relation(node).depends_on = {source.relation(link).oid};  // a cycle, cut where it is entered
  const std::vector<RelationGroup> groups = groups_of(source, 2);
  EXPECT_EQ(groups.front().relations, (std::vector{node, link}));
  std::size_t all = 0;
  for (const RelationGroup& group : groups) all += group.relations.size();
  EXPECT_EQ(all, 5U);
}

TEST(RelationGroups, DoNotMixTablesWithPartitionedOnes) {
  CatalogBuilder source = many_tables(3, 8_KiB);
  source.partition("part", source.partitioned("parent"));
  for (const RelationGroup& group : groups_of(source, 2)) {
    std::set<char> kinds;
    for (const catalog::Place place : group.relations) kinds.insert(source.relation(place).kind);
    EXPECT_EQ(kinds.size(), 1U);
  }
}

}  // namespace
}  // namespace pghaul::plan
