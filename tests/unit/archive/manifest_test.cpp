#include "archive/manifest.h"

#include <gtest/gtest.h>

#include <functional>

namespace pghaul::archive {
namespace {

constexpr const char* kHash = "0123456789abcdef0123456789abcdef";

Manifest whole() {
  Manifest manifest;
  manifest.pghaul = "0.1.0";
  manifest.schema = {"schema.dump", 10, kHash};
  manifest.catalog = {"catalog.json", 10, kHash};
  Manifest::Table table{.schema = "public", .name = "orders", .format = "binary"};
  table.files.push_back(
      {.file = "a.0.frames", .bytes = 100, .rows = 3, .row_bytes = 60, .digest = kHash, .end_page = 7});
  table.files.push_back(
      {.file = "a.1.frames", .bytes = 100, .rows = 3, .row_bytes = 60, .digest = kHash, .first_page = 7});
  manifest.tables.push_back(table);
  return manifest;
}

TEST(Manifest, GivesBackWhatWasWritten) {
  const Result<Manifest> read = Manifest::of_json(whole().to_json());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->to_json(), whole().to_json());
  const verify::Digest digest = read->tables[0].files[0].rows_digest();
  EXPECT_EQ(digest.hex(), kHash);
  EXPECT_EQ(digest.rows, 3U);
}

void expect_refusal(const std::function<void(Manifest&)>& change, const char* words) {
  Manifest manifest = whole();
  change(manifest);
  const Result<Manifest> read = Manifest::of_json(manifest.to_json());
  ASSERT_FALSE(read) << words;
  EXPECT_NE(read.error().message.find(words), std::string::npos) << read.error().message;
}

TEST(Manifest, IsRefusedWithNamesThatClimbOutOfTheFolder) {
  for (const char* name : {"../passwd", "/etc/passwd", "..", ".", ".hidden", "a/b", "", "a b", "a\n"}) {
    expect_refusal([&](Manifest& manifest) { manifest.tables[0].files[0].file = name; },
                   "not a valid file name");
    expect_refusal([&](Manifest& manifest) { manifest.schema.file = name; }, "not a valid file name");
    expect_refusal([&](Manifest& manifest) { manifest.large_objects = {{.file = name, .digest = kHash}}; },
                   "not a valid file name");
  }
}

TEST(Manifest, IsRefusedWhenItContradictsItself) {
  expect_refusal([](Manifest& one) { one.tables[0].files[1].file = "a.0.frames"; }, "comes twice");
  expect_refusal([](Manifest& one) { one.tables.push_back(one.tables[0]); }, "comes twice");
  expect_refusal([](Manifest& one) { one.tables[0].files[1].first_page = 8; }, "leave gaps");
  expect_refusal([](Manifest& one) { one.tables[0].files.pop_back(); }, "end too early");
  expect_refusal([](Manifest& one) { one.tables[0].files.clear(); }, "no file");
  expect_refusal([](Manifest& one) { one.tables[0].format = "csv"; }, "no format");
  expect_refusal([](Manifest& one) { one.tables[0].files[0].digest = "12"; }, "no digest");
  expect_refusal([](Manifest& one) { one.catalog.hash = std::string(32, 'g'); }, "no hash");
}

TEST(Manifest, OfAnotherFormatIsRefusedByItsNumber) {
  expect_refusal([](Manifest& one) { one.format = 2; }, "format 2, this pghaul reads format 1");
  expect_refusal([](Manifest& one) { one.kind = "something else"; }, "not the manifest");
  for (const char* text : {"", "null", "[]", "{}", "{\"kind\":\"pghaul archive\"}",
                           "{\"kind\":\"pghaul archive\",\"format\":\"1\"}"}) {
    EXPECT_FALSE(Manifest::of_json(text)) << text;
  }
}

TEST(Manifest, IsRefusedWhenTheCatalogKnowsOtherTables) {
  catalog::Catalog catalog;
  EXPECT_FALSE(whole().check(catalog));
  catalog.relations.push_back({.oid = 1, .name = {"public", "orders"}});
  EXPECT_TRUE(whole().check(catalog));
  catalog.relations.push_back({.oid = 2, .name = {"public", "customers"}});
  EXPECT_FALSE(whole().check(catalog));
}

}  // namespace
}  // namespace pghaul::archive
