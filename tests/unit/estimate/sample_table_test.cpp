#include "estimate/sample_table.h"

#include <gtest/gtest.h>

#include "support/catalog_builder.h"

namespace pghaul::estimate {
namespace {

using catalog::Column;
using catalog::Relation;

class SampleTable : public testing::Test {
 protected:
  Relation relation(std::vector<Column> columns) {
    Relation table;
    table.name = {"public", "t"};
    table.heap_pages = 1000;
    table.columns = std::move(columns);
    return table;
  }
  catalog::Oid type(char kind, catalog::Oid part = 0) {
    catalog::Type type;
    type.name = {"public", std::string("my_") + kind};
    type.kind = kind;
    type.part = part;
    return source_.type(type);
  }

  support::CatalogBuilder source_;
};

TEST_F(SampleTable, KeepsTypesThatEveryServerHas) {
  const Relation scratch = scratch_table(
      source_.catalog, relation({{"id", 20, "bigint"}, {"Price", 1700, "numeric(10,2)"}}), true);
  EXPECT_EQ(create_scratch_table(scratch),
            R"(CREATE TABLE "pghaul_scratch"."sample_0" ("id" bigint, "Price" numeric(10,2)))");
}

TEST_F(SampleTable, TakesStandInsForUsersTypes) {
  const Relation table = relation(
      {{"state", type('e'), "order_state"}, {"mail", type('d', 25), "email"}, {"point", type('c'), "p"}});
  EXPECT_EQ(create_scratch_table(scratch_table(source_.catalog, table, true)),
            R"(CREATE TABLE "pghaul_scratch"."sample_0" ("state" text, "mail" "pg_catalog"."text"))");
  EXPECT_EQ(scratch_table(source_.catalog, table, false).columns.size(), 3U) << "as text everything can go";
}

TEST_F(SampleTable, LeavesGeneratedColumnsOut) {
  const Relation table = relation({{"a", 20, "bigint"}, {"b", 20, "bigint", true}});
  EXPECT_EQ(scratch_table(source_.catalog, table, true).columns.size(), 1U);
}

TEST_F(SampleTable, BuildsTheIndexUnderNoName) {
  catalog::IndexInfo index;
  index.definition =
      R"(CREATE UNIQUE INDEX "a USING b" ON public."t USING x" USING btree (lower(name)) WHERE (id > 0))";
  Relation scratch;
  scratch.name = {"pghaul_scratch", "sample"};
  EXPECT_EQ(create_scratch_index(index, scratch),
            R"(CREATE INDEX ON "pghaul_scratch"."sample" USING btree (lower(name)) WHERE (id > 0))");
}

TEST_F(SampleTable, ReadsNoMoreThanThePiece) {
  const Relation table = relation({{"id", 20, "bigint"}});
  const Relation scratch = scratch_table(source_.catalog, table, true);
  const plan::PageRange pages{100, 200};
  EXPECT_EQ(copy_piece_sql(scratch, table, pages, postgres::CopyFormat::binary, 150000),
            R"(COPY (SELECT "id" FROM ONLY "public"."t" WHERE ctid >= '(100,0)' AND ctid < '(200,0)'))"
            " TO STDOUT (FORMAT binary)");
  EXPECT_EQ(copy_piece_sql(scratch, table, pages, postgres::CopyFormat::binary, 130000),
            R"(COPY (SELECT "id" FROM ONLY "public"."t" TABLESAMPLE SYSTEM (10.000000) REPEATABLE (100)))"
            " TO STDOUT (FORMAT binary)");
}

}  // namespace
}  // namespace pghaul::estimate
