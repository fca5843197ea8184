#include "archive/catalog_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "archive/describe_catalog.h"

namespace pghaul::archive {
namespace {

/// Stands for whatever a field is made of.
struct Anything {
  template <typename T>
  operator T() const;  // NOLINT: never called, only looked at
};

template <typename T, typename... Fields>
constexpr std::size_t number_of_fields() {
  if constexpr (requires { T{Fields{}..., Anything{}}; }) {
    return number_of_fields<T, Fields..., Anything>();
  } else {
    return sizeof...(Fields);
  }
}

struct Counter {
  std::size_t fields = 0;
  template <typename T>
  void operator()(const char*, T&) {
    ++fields;
  }
};

template <typename T>
void expect_all_described(const char* name) {
  T value;
  Counter counter;
  describe(counter, value);
  EXPECT_EQ(counter.fields, number_of_fields<T>())
      << "archive/describe_catalog.h leaves out a field of " << name;
}

TEST(CatalogJson, HasEveryFieldOfTheModel) {
  expect_all_described<catalog::Name>("Name");
  expect_all_described<catalog::Type>("Type");
  expect_all_described<catalog::Column>("Column");
  expect_all_described<catalog::PartitionKey::Column>("PartitionKey::Column");
  expect_all_described<catalog::PartitionKey>("PartitionKey");
  expect_all_described<catalog::Relation>("Relation");
  expect_all_described<catalog::IndexInfo>("IndexInfo");
  expect_all_described<catalog::Constraint>("Constraint");
  expect_all_described<catalog::Sequence>("Sequence");
  expect_all_described<catalog::LargeObjects>("LargeObjects");
  expect_all_described<catalog::DatabaseSetting>("DatabaseSetting");
  expect_all_described<catalog::Extension>("Extension");
  expect_all_described<catalog::Server>("Server");
  expect_all_described<catalog::Catalog>("Catalog");
}

catalog::Catalog shop() {
  catalog::Catalog catalog;
  catalog.server.version = 150020;
  catalog.server.settings = {{"block_size", "8192"}, {"fsync", "on"}};
  catalog.relations.push_back(
      {.oid = 4000000000, .name = {"public", "kä\"se"}, .columns = {{.name = "id", .type = 20}}});
  catalog.relations.push_back({.oid = 7, .name = {"p\xE4", "latin\x01"}, .kind = 'p', .estimated_rows = -1});
  catalog.relations[1].partition_key = {.strategy = 'h', .columns = {{.type = 25, .collation = 'd'}}};
  catalog.indexes.push_back({.oid = 9, .name = {"public", "i"}, .relation = 1, .statistics = {{2, 100}}});
  catalog.constraints.push_back({.oid = 10, .name = "c", .relation = 0, .kind = 'f', .references = 7});
  catalog.sequences.push_back({.oid = 11, .last_value = -9223372036854775807 - 1});
  catalog.owners = {"b", "a"};
  return catalog;
}

TEST(CatalogJson, GivesBackWhatWasStored) {
  const Result<catalog::Catalog> read = catalog_of_json(catalog_as_json(shop()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(catalog_as_json(*read), catalog_as_json(shop()));
  EXPECT_EQ(read->relations[1].name, (catalog::Name{"p\xE4", "latin\x01"}));
  EXPECT_EQ(read->relations[0].oid, 4000000000);
  EXPECT_EQ(read->sequences[0].last_value, -9223372036854775807 - 1);
}

void expect_refusal(const catalog::Catalog& catalog, const char* words) {
  const Result<catalog::Catalog> read = catalog_of_json(catalog_as_json(catalog));
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find(words), std::string::npos) << read.error().message;
}

TEST(CatalogJson, IsRefusedWhenItPointsToNothing) {
  catalog::Catalog one = shop();
  one.indexes[0].relation = 2;
  expect_refusal(one, "belongs to no relation");
  one = shop();
  one.constraints[0].relation = catalog::kNone;
  expect_refusal(one, "belongs to no relation");
  one = shop();
  one.relations[1].oid = one.relations[0].oid;
  expect_refusal(one, "have the OID");
  one = shop();
  one.relations[1].parent = one.relations[1].oid;
  expect_refusal(one, "partition of itself");
  one = shop();
  one.relations[0].kind = 'x';
  expect_refusal(one, "unknown kind");
}

TEST(CatalogJson, IsRefusedWhenItIsNoCatalog) {
  for (const char* text : {"", "[]", "{", "{\"relations\":{}}", "{\"relations\":[1]}",
                           "{\"server\":{\"version\":\"15\"}}", "{\"server\":{\"version\":99999999999}}",
                           "{\"relations\":[{\"kind\":\"rr\"}]}", "{\"owners\":[{\"hex\":\"zz\"}]}"}) {
    EXPECT_FALSE(catalog_of_json(text)) << text;
  }
}

}  // namespace
}  // namespace pghaul::archive
