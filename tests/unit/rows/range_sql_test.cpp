#include "rows/range_sql.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pghaul::rows {
namespace {

using postgres::CopyFormat;

Key key_of(const std::vector<std::string>& names) {
  Key key;
  for (const std::string& name : names) key.columns.push_back({.name = name, .type = 25, .field = 0});
  key.by_range = true;
  return key;
}

catalog::Relation table() {
  catalog::Relation relation;
  relation.name = {"app", "Orders"};
  for (const char* name : {"id", "a b"}) {
    catalog::Column column;
    column.name = name;
    relation.columns.push_back(column);
  }
  return relation;
}

Range range(std::optional<Bound> from, std::optional<Bound> end) {
  return {.from = std::move(from), .end = std::move(end), .source = {}, .target = {}};
}

TEST(RangeSql, ComparesOneColumnByItselfAndSeveralAsARow) {
  EXPECT_EQ(condition_sql(key_of({"id"}), {range(Bound{"5"}, Bound{"9"})}), R"("id" >= '5' AND "id" < '9')");
  EXPECT_EQ(condition_sql(key_of({"a", "B"}), {range(Bound{"5", "o'x"}, {})}),
            R"(("a", "B") >= ('5', 'o''x'))");
}

TEST(RangeSql, JoinsRangesWithoutAGapBetween) {
  const Key key = key_of({"id"});
  EXPECT_EQ(condition_sql(key, {range(Bound{"1"}, Bound{"2"}), range(Bound{"2"}, Bound{"3"})}),
            R"("id" >= '1' AND "id" < '3')");
  EXPECT_EQ(condition_sql(key, {range(Bound{"1"}, Bound{"2"}), range(Bound{"4"}, Bound{"5"})}),
            R"("id" >= '1' AND "id" < '2' OR "id" >= '4' AND "id" < '5')");
}

TEST(RangeSql, HasNoConditionWhereAllKeysAreMeant) {
  const Key key = key_of({"id"});
  EXPECT_EQ(condition_sql(key, {}), "");
  EXPECT_EQ(condition_sql(key, {range({}, Bound{"7"}), range(Bound{"7"}, {})}), "");
  EXPECT_EQ(count_ranges_sql("t", key, {range({}, {})}), "SELECT (SELECT pg_catalog.count(*) FROM t)");
}

TEST(RangeSql, KeepsToTheCopiedPartOfATable) {
  catalog::Relation partial = table();
  partial.condition = "id > 3 OR id < 1";
  EXPECT_EQ(
      copy_ranges_sql(partial, key_of({"id"}), {range(Bound{"5"}, {})}, CopyFormat::text, false),
      R"(COPY (SELECT "id", "a b" FROM ONLY "app"."Orders" WHERE ("id" >= '5') AND (id > 3 OR id < 1)) )"
      "TO STDOUT (FORMAT text)");
  EXPECT_EQ(copy_keys_sql(partial, key_of({"id"}), {}),
            R"(COPY (SELECT "id" FROM ONLY "app"."Orders" WHERE (id > 3 OR id < 1) ORDER BY "id") )"
            "TO STDOUT (FORMAT binary)");
}

TEST(RangeSql, PutsTheRowsPlaceInFront) {
  EXPECT_EQ(copy_ranges_sql(table(), key_of({"id"}), {}, CopyFormat::binary, true),
            R"(COPY (SELECT ctid, "id", "a b" FROM ONLY "app"."Orders") TO STDOUT (FORMAT binary))");
}

TEST(RangeSql, DividesARangeAtEachSoManiethRow) {
  EXPECT_EQ(
      divide_sql(table(), key_of({"id"}), range({}, Bound{"9"}), 100),
      R"(SELECT "id" FROM (SELECT "id", pg_catalog.row_number() OVER (ORDER BY "id") AS "number of row")"
      R"( FROM ONLY "app"."Orders" WHERE ("id" < '9')) AS numbered WHERE "number of row" % 100 = 0 ORDER BY "id")");
}

}  // namespace
}  // namespace pghaul::rows
