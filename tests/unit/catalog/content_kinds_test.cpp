#include "catalog/content_kinds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ranges>

namespace pghaul::catalog {
namespace {

const std::vector<int> kVersions = {110000, 120000, 130000, 140000, 150000, 160000, 170000, 180000, 190000};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<ContentKind> kinds_from(const std::string& catalog, int version) {
  std::vector<ContentKind> kinds = content_kinds(version);
  std::erase_if(kinds, [&](const ContentKind& kind) { return kind.catalog != catalog; });
  return kinds;
}

int turn_of(const std::string& catalog) {
  return kinds_from(catalog, 180000).at(0).turn;
}

TEST(ContentKinds, AreDroppedByThemselvesUnlessTheyGoWithTheirSchema) {
  for (const int version : kVersions) {
    for (const ContentKind& kind : content_kinds(version)) {
      const std::string about = kind.kind + " of " + std::to_string(version);
      EXPECT_FALSE(kind.kind.empty()) << kind.catalog;
      EXPECT_TRUE(kind.catalog.starts_with("pg_")) << about;
      EXPECT_TRUE(contains(kind.name, "x.")) << about;
      EXPECT_FALSE(kind.condition.empty()) << about;
      EXPECT_FALSE(kind.drop.empty() && kind.schema.empty()) << about << " would stay for ever";
      EXPECT_EQ(kind.drop.empty(), kind.turn == 0) << about;
    }
  }
}

TEST(ContentKinds, QuoteEveryNameInTheStatementsThatDropThem) {
  for (const ContentKind& kind : content_kinds(180000)) {
    if (kind.drop.empty()) continue;
    EXPECT_TRUE(contains(kind.drop, "pg_catalog.format('")) << kind.kind;
    const bool by_identifier = contains(kind.drop, "%I") || contains(kind.drop, "%1$I");
    EXPECT_TRUE(by_identifier || contains(kind.drop, "format_type")) << kind.drop;
    EXPECT_FALSE(contains(kind.drop, "|| x.")) << kind.drop;
  }
}

TEST(ContentKinds, StandOnceForEachCatalogAndForEachSortOfRelation) {
  std::map<std::string, int> times;
  for (const ContentKind& kind : content_kinds(180000)) ++times[kind.catalog];
  for (const auto& [catalog, count] : times) EXPECT_EQ(count, catalog == "pg_class" ? 3 : 1) << catalog;
  for (const char* sort : {"'r'", "'p'", "'v'", "'m'", "'f'", "'S'"}) {
    const std::vector<ContentKind> relations = kinds_from("pg_class", 180000);
    EXPECT_EQ(std::ranges::count_if(relations,
                                    [&](const ContentKind& kind) {
                                      return contains(kind.condition.substr(0, kind.condition.find(" AND ")),
                                                      sort);
                                    }),
              1)
        << sort;
  }
}

TEST(ContentKinds, AreDroppedBeforeWhatTheyNeed) {
  for (const ContentKind& kind : content_kinds(180000)) {
    if (kind.turn == 0 || kind.catalog == "pg_event_trigger") continue;
    EXPECT_GT(kind.turn, turn_of("pg_event_trigger")) << kind.kind << " would fire them";
  }
  const std::vector<ContentKind> relations = kinds_from("pg_class", 180000);
  const auto tables = std::ranges::find_if(
      relations, [](const ContentKind& kind) { return contains(kind.condition, "'r'"); });
  const auto views = std::ranges::find_if(
      relations, [](const ContentKind& kind) { return contains(kind.condition, "'v'"); });
  EXPECT_LT(views->turn, tables->turn);
  EXPECT_LT(tables->turn, turn_of("pg_namespace"));
  EXPECT_LT(turn_of("pg_namespace"), turn_of("pg_language"));
  EXPECT_LT(turn_of("pg_transform"), turn_of("pg_language"));
}

TEST(ContentKinds, CountSettingsAsNoContent) {
  for (const ContentKind& kind : content_kinds(180000)) {
    EXPECT_EQ(kind.is_content, kind.catalog != "pg_db_role_setting") << kind.kind;
    EXPECT_EQ(kind.may_stay, kind.catalog == "pg_db_role_setting" || kind.catalog == "pg_default_acl")
        << kind.kind;
  }
}

TEST(ContentKinds, TellAggregatesFromFunctionsByTheVersionsOwnColumn) {
  EXPECT_TRUE(contains(kinds_from("pg_proc", 100000).at(0).kind, "x.proisagg"));
  for (const int version : kVersions) {
    const ContentKind functions = kinds_from("pg_proc", version).at(0);
    EXPECT_TRUE(contains(functions.kind, "x.prokind")) << version;
    EXPECT_FALSE(contains(functions.kind, "proisagg")) << version;
  }
}

TEST(ContentFrom, LeavesOutTheSystemsSchemasAndWhatBelongsToExtensions) {
  const std::string from = content_from(kinds_from("pg_type", 180000).at(0));
  EXPECT_TRUE(
      from.starts_with("pg_catalog.pg_type AS x JOIN pg_catalog.pg_namespace AS n"
                       " ON n.oid = x.typnamespace AND n.nspname !~ '^pg_'"))
      << from;
  EXPECT_TRUE(contains(from, "x.oid >= 16384")) << from;
  EXPECT_TRUE(contains(from, "d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = x.oid")) << from;
  EXPECT_TRUE(contains(from, "d.deptype IN ('e', 'i')")) << from;
}

TEST(ContentFrom, JoinsNoSchemaForKindsThatHaveNone) {
  const std::string from = content_from(kinds_from("pg_event_trigger", 180000).at(0));
  EXPECT_TRUE(from.starts_with("pg_catalog.pg_event_trigger AS x WHERE true AND x.oid >= ")) << from;
}

TEST(ContentFrom, ReadsNoNumbersOfObjectsThatOrdinaryRolesMayNotSee) {
  for (const char* catalog : {"pg_subscription", "pg_db_role_setting"}) {
    const ContentKind kind = kinds_from(catalog, 110000).at(0);
    EXPECT_EQ(content_from(kind), std::string("pg_catalog.") + catalog + " AS x WHERE " + kind.condition);
    EXPECT_TRUE(contains(kind.condition, "pg_catalog.current_database()")) << kind.condition;
  }
}

}  // namespace
}  // namespace pghaul::catalog
