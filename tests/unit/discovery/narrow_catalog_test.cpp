#include "discovery/narrow_catalog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "support/catalog_builder.h"

namespace pghaul::discovery {
namespace {

using catalog::Place;

schema::Entry table_entry(const catalog::Relation& relation) {
  return {.catalog = 1259, .oid = relation.oid, .kind = "TABLE"};
}

TEST(ChosenPart, KeepsOfTablesWhatBelongsToThem) {
  support::CatalogBuilder whole;
  const Place other = whole.table("other");
  const Place chosen = whole.table("chosen");
  whole.key(other);
  const Place key = whole.key(chosen);
  const std::vector<schema::Entry> all = {table_entry(whole.relation(other)),
                                          table_entry(whole.relation(chosen))};
  const catalog::Catalog part = narrow_catalog(whole.catalog, all, {all.back()}, "");
  ASSERT_EQ(part.relations.size(), 1U);
  EXPECT_EQ(part.relations[0].name.name, "chosen");
  ASSERT_EQ(part.indexes.size(), 1U);
  EXPECT_EQ(part.indexes[0].relation, 0U);
  ASSERT_EQ(part.constraints.size(), 1U);
  EXPECT_EQ(part.constraints[0].name, whole.catalog.constraints[key].name);
  EXPECT_EQ(part.constraints[0].relation, 0U);
}

TEST(ChosenPart, KeepsWhatAnExtensionMadeWithTheExtension) {
  support::CatalogBuilder whole;
  const Place table = whole.table("t");
  const Place configuration = whole.table("configuration");
  const std::vector<schema::Entry> all = {table_entry(whole.relation(table)),
                                          {.kind = "EXTENSION", .text = "- e "}};
  EXPECT_EQ(narrow_catalog(whole.catalog, all, all, "").relations.size(), 2U);
  const catalog::Catalog without = narrow_catalog(whole.catalog, all, {all.front()}, "");
  ASSERT_EQ(without.relations.size(), 1U);
  EXPECT_NE(without.relations[0].oid, whole.relation(configuration).oid);
}

TEST(ChosenPart, WantsRolesAndTablespacesThatTheStatementsName) {
  support::CatalogBuilder whole;
  const std::vector<schema::Entry> all = {table_entry(whole.relation(whole.table("t")))};
  whole.catalog.owners = {"boss", "other"};
  whole.catalog.grantees = {"odd \"role\"", "bos"};
  whole.catalog.tablespaces = {"fast", "slow"};
  const catalog::Catalog part =
      narrow_catalog(whole.catalog, all, all,
                     "SET default_tablespace = fast;\nALTER TABLE t OWNER TO boss;\n"
                     "GRANT SELECT ON TABLE t TO \"odd \"\"role\"\"\";\n");
  EXPECT_EQ(part.owners, std::set<std::string>{"boss"});
  EXPECT_EQ(part.grantees, std::set<std::string>{"odd \"role\""});
  EXPECT_EQ(part.tablespaces, std::set<std::string>{"fast"});
}

TEST(ChosenPart, FollowsTypesThroughTheirParts) {
  support::CatalogBuilder whole;
  const catalog::Oid base = whole.type({.name = {"public", "base"}, .kind = 'e'});
  const catalog::Oid unused = whole.type({.name = {"public", "unused"}, .kind = 'e'});
  const Place table = whole.table_of_type({.name = {"public", "of"}, .kind = 'd', .part = base});
  const std::vector<schema::Entry> all = {table_entry(whole.relation(table))};
  const catalog::Catalog part = narrow_catalog(whole.catalog, all, all, "");
  const auto has = [&](catalog::Oid oid) {
    return std::ranges::find(part.types, oid, &catalog::Type::oid) != part.types.end();
  };
  EXPECT_TRUE(has(base));
  EXPECT_FALSE(has(unused));
}

}  // namespace
}  // namespace pghaul::discovery
