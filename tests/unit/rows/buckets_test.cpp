#include "rows/buckets.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rows/key.h"
#include "rows/range_sql.h"
#include "support/binary_rows.h"

namespace pghaul::rows {
namespace {

constexpr catalog::Oid kInt4 = 23;
constexpr catalog::Oid kInt8 = 20;
constexpr catalog::Oid kText = 25;
constexpr catalog::Oid kNumeric = 1700;

using postgres::CopyFormat;

std::string eight(std::int64_t value) {
  return support::number(static_cast<std::uint64_t>(value), 8);
}

Buckets::SortedBound bound_at(std::int64_t value) {
  Buckets::SortedBound bound{{std::to_string(value)}, {}};
  append_sortable(kInt8, eight(value), bound.sortable);
  return bound;
}

TEST(Buckets, OfRangesHoldTheKeysThatSqlWouldFindThere) {
  const Key key{{{"id", kInt8, 1}}, true};
  const Buckets buckets = Buckets::by_range(key, {bound_at(-300), bound_at(0), bound_at(70000)});
  ASSERT_EQ(buckets.size(), 4U);
  Buckets::Finder finder(buckets, CopyFormat::binary);
  const auto bucket = [&](std::int64_t value) {
    return finder.bucket_of(support::binary(support::BinaryRow{"first column", eight(value)}));
  };
  // In an order in which the bucket of the row before is not always the next one's.
  for (const auto& [value, expected] : std::vector<std::pair<std::int64_t, std::size_t>>{{-301, 0},
                                                                                         {-300, 1},
                                                                                         {-1, 1},
                                                                                         {0, 2},
                                                                                         {69999, 2},
                                                                                         {70000, 3},
                                                                                         {INT64_MAX, 3},
                                                                                         {INT64_MIN, 0},
                                                                                         {70000, 3},
                                                                                         {70001, 3},
                                                                                         {-300, 1},
                                                                                         {-301, 0}}) {
    EXPECT_EQ(bucket(value), expected) << value;
  }
  EXPECT_EQ(buckets.range(1).from, Bound{"-300"});
  EXPECT_EQ(buckets.range(1).end, Bound{"0"});
  EXPECT_FALSE(buckets.range(3).end);
}

TEST(Buckets, OfHashesDependOnTheKeyAlone) {
  const Buckets buckets = Buckets::by_hash({{{"id", kNumeric, 0}}, false}, 16);
  Buckets::Finder binary(buckets, CopyFormat::binary);
  Buckets::Finder text(buckets, CopyFormat::text);
  EXPECT_EQ(binary.bucket_of(support::binary(support::BinaryRow{"k", "one"})),
            binary.bucket_of(support::binary(support::BinaryRow{"k", std::nullopt})));
  EXPECT_EQ(text.bucket_of("7\tone\n"), text.bucket_of("7\ttwo\n"));
}

TEST(Keys, SortTextsByTheirBytesAlsoWhereAColumnFollows) {
  const auto sortable = [](const std::string& text, std::int64_t number) {
    std::string bytes;
    append_sortable(kText, text, bytes);
    append_sortable(kInt8, eight(number), bytes);
    return bytes;
  };
  EXPECT_LT(sortable("a", 9), sortable("aa", -9));
  EXPECT_LT(sortable("a", -1), sortable("a", 0));
  EXPECT_LT(sortable("Z", 0), sortable("a", 0));
}

catalog::Relation table_of(std::vector<std::string> columns) {
  catalog::Relation table;
  table.name = {"public", "t"};
  for (std::string& name : columns) table.columns.push_back({.name = std::move(name)});
  return table;
}

catalog::UniqueKey unique(std::vector<catalog::UniqueKey::Column> columns) {
  return {std::move(columns)};
}

TEST(Keys, AreThoseOfBothServersAndRangesThoseOfAKnownOrder) {
  const catalog::Relation table = table_of({"v", "id", "name"});
  const catalog::UniqueKey id = unique({{"id", kInt4, true}});
  const catalog::UniqueKey name = unique({{"name", kText, false}});
  const UniqueKeys both{{table.name, {name, id}}};
  const Key chosen = choose_key(table, both, both, true);
  EXPECT_EQ(chosen.columns, (std::vector<Key::Column>{{"id", kInt4, 1}}));
  EXPECT_TRUE(chosen.by_range);

  const Key by_name = choose_key(table, both, {{table.name, {name}}}, true);
  EXPECT_EQ(by_name.columns, (std::vector<Key::Column>{{"name", kText, 2}}));
  EXPECT_FALSE(by_name.by_range);
  EXPECT_TRUE(choose_key(table, both, {}, true).columns.empty());

  const UniqueKeys in_bytes{{table.name, {unique({{"name", kText, true}})}}};
  EXPECT_TRUE(choose_key(table, in_bytes, in_bytes, true).by_range);
  EXPECT_FALSE(choose_key(table, in_bytes, in_bytes, false).by_range);
}

TEST(RangeSql, JoinsRangesThatFollowEachOther) {
  const Key one{{{"id", kInt4, 0}}, true};
  EXPECT_EQ(condition_sql(one, {{.from = Bound{"1"}, .end = Bound{"5"}},
                                {.from = Bound{"5"}, .end = Bound{"7"}},
                                {.from = Bound{"9"}}}),
            "\"id\" >= '1' AND \"id\" < '7' OR \"id\" >= '9'");
  EXPECT_EQ(condition_sql(one, {{.from = std::nullopt, .end = Bound{"5"}}, {.from = Bound{"5"}}}), "");
  const Key two{{{"a", kInt4, 0}, {"b", kText, 1}}, true};
  EXPECT_EQ(condition_sql(two, {{.from = Bound{"1", "it's"}}}), "(\"a\", \"b\") >= ('1', 'it''s')");
}

}  // namespace
}  // namespace pghaul::rows
