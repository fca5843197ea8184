#include "schema/pattern_selection.h"

#include <gtest/gtest.h>

#include <string>

namespace pghaul::schema {
namespace {

using Ids = std::set<int>;

/// A listing of pg_restore of a shop: two schemas, tables with their parts, and entries that belong to none.
constexpr const char* kListing = R"(
1; 2615 101 SCHEMA - app boss
2; 0 0 COMMENT - SCHEMA app boss
;	depends on: 1
3; 3079 102 EXTENSION - citext 
4; 1247 103 TYPE app state boss
;	depends on: 1
10; 1259 110 TABLE app orders boss
;	depends on: 1
11; 0 0 ACL app TABLE orders boss
;	depends on: 10
12; 1259 112 SEQUENCE app orders_id_seq boss
;	depends on: 10 1
13; 0 0 SEQUENCE OWNED BY app orders_id_seq boss
;	depends on: 12
14; 2604 114 DEFAULT app orders id boss
;	depends on: 12 10
15; 1259 115 TABLE app orders old boss
16; 1259 116 SEQUENCE app orders old_id_seq boss
;	depends on: 15
17; 1259 117 TABLE public notes boss
18; 1259 118 VIEW public seen boss
;	depends on: 17
19; 826 119 DEFAULT ACL - DEFAULT PRIVILEGES FOR TABLES boss
30; 2606 130 CONSTRAINT app orders orders_pkey boss
;	depends on: 10
31; 1259 131 INDEX app orders_state boss
;	depends on: 10
32; 2620 132 TRIGGER app orders old told boss
;	depends on: 15
33; 3256 133 POLICY app orders mine boss
;	depends on: 10 17
34; 0 110 ROW SECURITY app orders boss
35; 6104 135 PUBLICATION - news boss
36; 6106 136 PUBLICATION TABLE app news orders boss
;	depends on: 10 35
37; 3381 137 STATISTICS app together boss
;	depends on: 10
)";

constexpr const char* kPostData = R"(
30; 2606 130 CONSTRAINT app orders orders_pkey boss
)";

catalog::Catalog shop() {
  catalog::Catalog catalog;
  catalog.owners = {"boss"};
  catalog.relations = {{.oid = 110, .name = {"app", "orders"}},
                       {.oid = 115, .name = {"app", "orders old"}},
                       {.oid = 117, .name = {"public", "notes"}}};
  catalog.sequences = {{.oid = 112, .name = {"app", "orders_id_seq"}},
                       {.oid = 116, .name = {"app", "orders old_id_seq"}}};
  catalog.indexes = {{.oid = 131, .name = {"app", "orders_state"}, .relation = 0}};
  return catalog;
}

Result<Ids> chosen(const Filters& filters, catalog::Catalog catalog = shop()) {
  return choose(parse_listing(kListing, kPostData), catalog, filters);
}

TEST(Choice, OfATableBringsAllThatIsItsOwnAndNothingElse) {
  EXPECT_EQ(*chosen({.tables = {"app.orders"}}), (Ids{10, 11, 12, 13, 14, 30, 31, 33, 34}));
}

TEST(Choice, TellsTablesApartWhoseNamesBeginAlike) {
  EXPECT_EQ(*chosen({.tables = {"app.\"orders old\""}}), (Ids{15, 16, 32}));
}

TEST(Choice, OfASchemaBringsWhatItHolds) {
  EXPECT_EQ(*chosen({.schemas = {"app"}}),
            (Ids{1, 2, 4, 10, 11, 12, 13, 14, 15, 16, 30, 31, 32, 33, 34, 37}));
}

TEST(Choice, ThatOnlyExcludesKeepsWhatBelongsToNoSchema) {
  EXPECT_EQ(*chosen({.excluded_schemas = {"app"}}), (Ids{3, 17, 18, 19, 35}));
}

TEST(Choice, KnowsASchemaByItsNameInQuotes) {
  const std::vector<Entry> entries = parse_listing(
      "1; 0 0 COMMENT - SCHEMA \"public\" boss\n;\tdepends on: 7\n"
      "2; 0 0 ACL - LANGUAGE \"plpgsql\" boss\n;\tdepends on: 8\n",
      "");
  EXPECT_EQ(*choose(entries, shop(), {.excluded_schemas = {"public"}}), Ids{2});
  EXPECT_EQ(*choose(entries, shop(), {.schemas = {"public"}}), (Ids{1, 2}));
}

TEST(Choice, LeavesASerialsSequenceWhereItsTableIsExcluded) {
  const Ids ids = *chosen({.excluded_tables = {"app.orders*"}});
  EXPECT_FALSE(ids.contains(12)) << "the pattern matches it as well";
  const Ids without_table = *chosen({.excluded_tables = {"app.orders"}});
  EXPECT_TRUE(without_table.contains(12));
  EXPECT_FALSE(without_table.contains(13)) << "nobody owns it then";
  const Ids without_identity = *chosen({.excluded_tables = {"app.\"orders old\""}});
  EXPECT_FALSE(without_identity.contains(16)) << "an identity column's never goes without its table";
}

TEST(Choice, OfAViewBringsTheViewAlone) {
  EXPECT_EQ(*chosen({.tables = {"seen"}}), Ids{18});
}

TEST(Choice, IsRefusedWhereAPatternMatchesNothing) {
  const Result<Ids> table = chosen({.tables = {"nothing"}});
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, ErrorCode::usage);
  EXPECT_EQ(table.error().message, "no matching tables were found for pattern \"nothing\"");
  EXPECT_EQ(chosen({.schemas = {"nothing"}}).error().message,
            "no matching schemas were found for pattern \"nothing\"");
  EXPECT_TRUE(chosen({.excluded_tables = {"nothing"}}));
}

TEST(Choice, IsRefusedWhereANameLeavesOpenWhichSchema) {
  const Result<Ids> open = chosen({.tables = {"*"}});
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().code, ErrorCode::usage);
  EXPECT_NE(open.error().message.find("several schemas of the archive: app, public"), std::string::npos);
  EXPECT_FALSE(chosen({.excluded_tables = {"*e*"}}));
  EXPECT_EQ(*chosen({.tables = {"notes"}}), Ids{17});
}

TEST(Choice, IsRefusedWhereNamesCannotBeToldApart) {
  catalog::Catalog catalog = shop();
  catalog.relations.push_back({.oid = 200, .name = {"public seen", "t"}});
  catalog.owners.insert("seen boss");
  const Result<Ids> open = chosen({.tables = {"seen"}}, catalog);
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().code, ErrorCode::refused);
  EXPECT_NE(open.error().message.find("VIEW \"public seen boss\""), std::string::npos)
      << open.error().message;
}

}  // namespace
}  // namespace pghaul::schema
