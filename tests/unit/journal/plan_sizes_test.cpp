#include "journal/plan_sizes.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "base/units.h"
#include "plan/make_plan.h"
#include "support/catalog_builder.h"

namespace pghaul::journal {
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
  const std::string text = sizes_as_text(before.catalog, {});
  plan::NetworkPaths lines;
  ASSERT_TRUE(set_sizes(text, now.catalog, lines));
  EXPECT_EQ(sizes_as_text(now.catalog, {}), text);
  EXPECT_EQ(now.relation(0).heap_pages, 0xFFFFFFFE);
  EXPECT_DOUBLE_EQ(now.relation(1).estimated_rows, -1);
  EXPECT_EQ(now.catalog.large_objects.range_starts, (std::vector<catalog::Oid>{0, 4'000'000'000}));
}

TEST(Sizes, OfAnotherTableAreRefused) {
  const std::string text = sizes_as_text(shop().catalog, {});
  plan::NetworkPaths lines;
  support::CatalogBuilder more = shop();
  more.table("added");
  EXPECT_EQ(set_sizes(text, more.catalog, lines).error().code, ErrorCode::refused);
  support::CatalogBuilder fewer = shop();
  fewer.catalog.relations.pop_back();
  EXPECT_EQ(set_sizes(text, fewer.catalog, lines).error().code, ErrorCode::refused);
}

TEST(Sizes, ThatSomebodyHasChangedAreRefused) {
  const std::string text = sizes_as_text(shop().catalog, {});
  for (const std::string& changed :
       {text + "\n", text + "x 1\n", text + "r", text.substr(0, text.size() - 1), "r 1\n" + text,
        text + text.substr(0, text.find('\n') + 1), "r a b c\n" + text, std::string()}) {
    support::CatalogBuilder source = shop();
    plan::NetworkPaths lines;
    EXPECT_FALSE(set_sizes(changed, source.catalog, lines)) << changed;
  }
}

/// Two large tables and many small ones, of which each costs an answer.
support::CatalogBuilder far_shop() {
  support::CatalogBuilder source;
  source.index(source.table("big", 900_MiB));
  source.table("other", 500_MiB);
  for (int i = 0; i < 400; ++i) source.index(source.table("t" + std::to_string(i), 300_KiB));
  return source;
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> parts_of(const support::CatalogBuilder& source,
                                                              const plan::NetworkPaths& lines) {
  plan::PlanOptions options{.decided_jobs = 4, .lines = lines, .decided_split = true};
  plan::add_lines(options.rates, lines);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> parts;
  for (const plan::TablePlan& table : plan::make_plan(source.catalog, nullptr, options).tables)
    parts.emplace_back(table.chunks, table.read_parts);
  return parts;
}

TEST(Sizes, HoldWhatWasMeasuredOfTheLinesSoThatThePlanStaysTheSame) {
  support::CatalogBuilder source = far_shop();
  const plan::NetworkPaths then{
      .source = {.round_trip = 0.0001, .seconds_per_gb = 0},
      .target = {.round_trip = 0.00012345, .seconds_per_gb = 8.25, .has_far_half = true}};
  const plan::NetworkPaths later{.source = {.round_trip = 0.2}, .target = {.round_trip = 0.3}};
  ASSERT_NE(parts_of(source, then), parts_of(source, later)) << "the lines don't matter here";
  plan::NetworkPaths lines = later;
  ASSERT_TRUE(set_sizes(sizes_as_text(source.catalog, then), source.catalog, lines));
  EXPECT_EQ(lines.source.round_trip, then.source.round_trip);
  EXPECT_EQ(lines.target.round_trip, then.target.round_trip);
  EXPECT_EQ(lines.target.seconds_per_gb, then.target.seconds_per_gb);
  EXPECT_TRUE(lines.target.has_far_half);
  EXPECT_FALSE(lines.source.has_far_half);
  EXPECT_EQ(parts_of(source, lines), parts_of(source, then));
}

TEST(Sizes, OfLinesThatCanNotBeAreRefused) {
  support::CatalogBuilder source;
  const std::string good = sizes_as_text(source.catalog, {});
  const std::string without = good.substr(0, good.find("n "));
  plan::NetworkPaths lines;
  ASSERT_TRUE(set_sizes(good, source.catalog, lines));
  for (const char* wrong : {"", "n 0 0 0\n", "n 0 0 0\nn 0 0 0\nn 0 0 0\n", "n -1 0 0\nn 0 0 0\n",
                            "n nan 0 0\nn 0 0 0\n", "n inf 0 0\nn 0 0 0\n", "n 0 1e300 0\nn 0 0 0\n"}) {
    EXPECT_FALSE(set_sizes(without + wrong, source.catalog, lines)) << wrong;
  }
}

}  // namespace
}  // namespace pghaul::journal
