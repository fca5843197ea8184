#include "tasks/copy_sql.h"

#include <gtest/gtest.h>

namespace pghaul::tasks {
namespace {

using postgres::CopyFormat;

const catalog::Relation kOrders{
    .name = {"public", "order\"s"},
    .columns = {{.name = "id"}, {.name = "total", .generated = true}, {.name = "Note"}}};

TEST(CopySql, NamesTheColumnsOnBothSidesAndLeavesGeneratedOnesOut) {
  EXPECT_EQ(copy_out_sql(kOrders, {}, CopyFormat::binary),
            R"(COPY "public"."order""s" ("id", "Note") TO STDOUT (FORMAT binary))");
  EXPECT_EQ(copy_in_sql(kOrders, CopyFormat::binary, false),
            R"(COPY "public"."order""s" ("id", "Note") FROM STDIN (FORMAT binary))");
}

TEST(CopySql, ReadsARangeOfPagesUpToTheNextOnesFirst) {
  EXPECT_EQ(copy_out_sql(kOrders, {.first = 10, .end = 20}, CopyFormat::text),
            R"(COPY (SELECT "id", "Note" FROM ONLY "public"."order""s")"
            R"( WHERE ctid >= '(10,0)' AND ctid < '(20,0)') TO STDOUT (FORMAT text))");
}

TEST(CopySql, LeavesTheLastRangeOpenForRowsBehindTheLastPageThatWasSeen) {
  const std::string sql =
      copy_out_sql(kOrders, {.first = 10, .end = plan::PageRange::kOpen}, CopyFormat::text);
  EXPECT_EQ(sql.find("ctid <"), std::string::npos) << sql;
}

TEST(CopySql, KeepsAConditionTogether) {
  catalog::Relation configuration = kOrders;
  configuration.condition = "id < 0 OR id > 9";
  EXPECT_EQ(count_sql(configuration),
            R"(SELECT pg_catalog.count(*) FROM ONLY "public"."order""s" WHERE (id < 0 OR id > 9))");
  EXPECT_NE(copy_out_sql(configuration, {.first = 1, .end = 2}, CopyFormat::text)
                .find("ctid < '(2,0)' AND (id < 0 OR id > 9)"),
            std::string::npos);
}

TEST(CopySql, NamesAPartitionsColumnsForItsParentToo) {
  const catalog::Relation parent{.name = {"public", "all"}};
  EXPECT_EQ(copy_in_sql(kOrders, parent, CopyFormat::text),
            R"(COPY "public"."all" ("id", "Note") FROM STDIN (FORMAT text))");
}

TEST(CopySql, TakesNoListOfATableWithoutColumns) {
  const catalog::Relation empty{.name = {"public", "e"}};
  EXPECT_EQ(copy_in_sql(empty, CopyFormat::text, true),
            R"(COPY "public"."e" FROM STDIN (FORMAT text, FREEZE))");
}

TEST(Freezes, OnlyATableThatATaskHasToItself) {
  plan::Task whole{.objects = {0}};
  EXPECT_TRUE(freezes(whole, {}, kOrders));
  EXPECT_FALSE(freezes({.objects = {0, 1}}, {}, kOrders));
  EXPECT_FALSE(freezes({.objects = {0}, .pages = {.first = 0, .end = 10}}, {}, kOrders));
  EXPECT_FALSE(freezes(whole, {.tree = 7}, kOrders));  // whose partitions others fill, too
  catalog::Relation configuration = kOrders;
  configuration.extension = "postgis";
  EXPECT_FALSE(freezes(whole, {}, configuration));
}

}  // namespace
}  // namespace pghaul::tasks
