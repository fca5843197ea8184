#include "job/sizes.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "support/catalog_builder.h"

namespace pghaul::job {
namespace {

support::CatalogBuilder shop() {
  support::CatalogBuilder source;
  const catalog::Place orders = source.table("orders", 3072_MiB);
  source.relation(orders).heap_pages = 0xFFFFFFFE;
  source.relation(orders).estimated_rows = 1.5e10;
  source.relation(orders).has_statistics = true;
  source.relation(source.table("new")).estimated_rows = -1;
  source.catalog.indexes[source.index(orders)].bytes = 1024_MiB;
  source.catalog.large_objects.count = 7;
  source.catalog.large_objects.bytes = 1 << 20;
  source.catalog.large_objects.range_starts = {0, 4'000'000'000};
  return source;
}

TEST(Sizes, MakeAnotherReadingOfTheSameSourceWhatItWas) {
  support::CatalogBuilder before = shop();
  support::CatalogBuilder now = shop();
  for (catalog::Relation& relation : now.catalog.relations) {
    relation.heap_bytes = relation.toast_bytes = relation.index_bytes = 1;
    relation.heap_pages = 2;
    relation.estimated_rows = 3;
    relation.has_statistics = !relation.has_statistics;
  }
  now.catalog.indexes[0].bytes = 4;
  now.catalog.large_objects.range_starts = {1, 2, 3};
  const std::string text = sizes_as_text(before.catalog);
  ASSERT_TRUE(set_sizes(text, now.catalog));
  EXPECT_EQ(sizes_as_text(now.catalog), text);
  EXPECT_EQ(now.relation(0).heap_pages, 0xFFFFFFFE);
  EXPECT_DOUBLE_EQ(now.relation(1).estimated_rows, -1);
  EXPECT_EQ(now.catalog.large_objects.range_starts, (std::vector<catalog::Oid>{0, 4'000'000'000}));
}

TEST(Sizes, OfAnotherTableAreRefused) {
  const std::string text = sizes_as_text(shop().catalog);
  support::CatalogBuilder more = shop();
  more.table("added");
  EXPECT_EQ(set_sizes(text, more.catalog).error().code, ErrorCode::refused);
  support::CatalogBuilder fewer = shop();
  fewer.catalog.relations.pop_back();
  EXPECT_EQ(set_sizes(text, fewer.catalog).error().code, ErrorCode::refused);
}

TEST(Sizes, ThatSomebodyHasChangedAreRefused) {
  const std::string text = sizes_as_text(shop().catalog);
  for (const std::string& changed :
       {text + "\n", text + "x 1\n", text + "r", text.substr(0, text.size() - 1), "r 1\n" + text,
        text + text.substr(0, text.find('\n') + 1), "r a b c\n" + text, std::string()}) {
    support::CatalogBuilder source = shop();
    EXPECT_FALSE(set_sizes(changed, source.catalog)) << changed;
  }
}

}  // namespace
}  // namespace pghaul::job
