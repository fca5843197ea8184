#include "tasks/statistics_sql.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/catalog_builder.h"

namespace pghaul::tasks {
namespace {

const std::vector<const char*> kParts = {
    "inherited",           "null_frac",        "avg_width",   "n_distinct",        "most_common_vals",
    "most_common_freqs",   "histogram_bounds", "correlation", "most_common_elems", "most_common_elem_freqs",
    "elem_count_histogram"};
const std::vector<const char*> kRangeParts = {"range_length_histogram", "range_empty_frac",
                                              "range_bounds_histogram"};  // since PostgreSQL 17

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The number of columns between the first parenthesis and its other half, or of expressions in a SELECT.
std::ptrdiff_t columns_in(const std::string& list) {
  int depth = 0;
  return 1 + std::ranges::count_if(list, [&](char c) {
           depth += c == '(' ? 1 : c == ')' ? -1 : 0;
           return c == ',' && depth == 0;
         });
}

std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t from = text.find(before) + before.size();
  return text.substr(from, text.find(after, from) - from);
}

TEST(StatisticsSql, ReadsARowWithAValueForEachColumnOfTheTable) {
  const std::string created = create_statistics_sql("\"j\".\"statistics\"");
  ASSERT_TRUE(created.starts_with("CREATE TABLE \"j\".\"statistics\" (")) << created;
  const auto columns = columns_in(created.substr(0, created.size() - 1).substr(created.find('(') + 1));
  EXPECT_EQ(columns, 19);
  for (const int version : {110000, 130000, 160000, 170000, 180000}) {
    const std::string read = between(copy_statistics_out_sql({5}, version), "COPY (SELECT ", " FROM ");
    EXPECT_EQ(columns_in(read), columns) << version << ": " << read;
  }
}

TEST(StatisticsSql, ReadsOfAnOlderSourceWhatItHas) {
  for (const int version : {110000, 160000, 170000, 180000}) {
    const std::string read = copy_statistics_out_sql({5}, version);
    for (const char* part : kParts) EXPECT_TRUE(contains(read, std::string(", s.") + part)) << part;
    for (const char* part : kRangeParts)
      EXPECT_EQ(contains(read, std::string(", s.") + part), version >= 170000) << part;
  }
}

TEST(StatisticsSql, ReadsOfTheseRelationsAndTheirIndexesOnly) {
  const std::string read = copy_statistics_out_sql({5, 17}, 180000);
  EXPECT_TRUE(contains(read, "held.relation = ANY ('{5,17}'::oid[])")) << read;
  EXPECT_TRUE(contains(read, "x.indrelid = ANY ('{5,17}'::oid[])")) << read;
  EXPECT_TRUE(read.ends_with(" TO STDOUT")) << read;
}

TEST(StatisticsSql, PutsIntoTheTableWhatWasRead) {
  EXPECT_EQ(copy_statistics_in_sql("\"j\".\"statistics\""), "COPY \"j\".\"statistics\" FROM STDIN");
  EXPECT_EQ(index_statistics_sql("\"j\".\"statistics\""), "CREATE INDEX ON \"j\".\"statistics\" (relation)");
}

/// A table, and a partitioned one.
class GiveStatistics : public testing::Test {
 protected:
  std::string give(const std::vector<Arrived>& relations) const {
    return give_statistics_sql("\"j\".\"statistics\"", source.catalog, relations);
  }
  support::CatalogBuilder source;
  const catalog::Place table = source.table("o'brien");
  const catalog::Place parent = source.partitioned("parted");
};

TEST_F(GiveStatistics, NamesEachRelationWithItsRowsAndWhetherAllAreFrozen) {
  const auto oid = [&](catalog::Place place) { return std::to_string(source.relation(place).oid); };
  const std::string sql =
      give({{.place = table, .rows = 1200, .frozen = true}, {.place = parent, .rows = 7}});
  EXPECT_TRUE(contains(sql, "(VALUES (0, " + oid(table) +
                                "::oid, 'public', 'o''brien', 1200::real, false, true), "
                                "(1, " +
                                oid(parent) + "::oid, 'public', 'parted', 7::real, true, false)) AS held("))
      << sql;
  EXPECT_TRUE(contains(sql, "'{" + oid(table) + "," + oid(parent) + "}'::oid[]")) << sql;
}

TEST_F(GiveStatistics, PassesEveryPartByItsName) {
  const std::string sql = give({{.place = table, .rows = 1}});
  for (const auto* parts : {&kParts, &kRangeParts}) {
    for (const std::string part : *parts) EXPECT_TRUE(contains(sql, ", '" + part + "', s." + part)) << part;
  }
}

TEST_F(GiveStatistics, ReadsTheRowsThatWaitInTheTable) {
  EXPECT_TRUE(contains(give({{.place = table, .rows = 1}}), " FROM \"j\".\"statistics\" AS s WHERE"));
}

}  // namespace
}  // namespace pghaul::tasks
