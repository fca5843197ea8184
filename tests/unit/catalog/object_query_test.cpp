#include <gtest/gtest.h>

#include <map>

#include "catalog/object_query.h"

namespace pghaul::catalog {
namespace {

constexpr int kOldest = 110000;
constexpr int kNewest = 190000;
constexpr int kMajor = 10000;

std::vector<ObjectQuery> all_queries(const Versions& versions) {
  std::vector<ObjectQuery> all;
  for (const auto& some :
       {relation_queries(versions), table_part_queries(versions), type_queries(versions),
        routine_queries(versions), search_queries(versions), foreign_data_queries(versions),
        database_queries(versions), comment_queries(versions), extension_queries(versions),
        std::vector<ObjectQuery>{large_object_query(versions, {16400}, {16500})}}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

/// Each pair of a server and the older one of the two.
template <typename Do>
void each_pair(const Do& look_at) {
  for (int own = kOldest; own <= kNewest; own += kMajor) {
    for (int common = kOldest; common <= own; common += kMajor) {
      SCOPED_TRACE("PostgreSQL " + std::to_string(own / kMajor) + " beside " +
                   std::to_string(common / kMajor));
      look_at(Versions{.own = own, .common = common, .same_major = own == common});
    }
  }
}

std::vector<std::string> pieces_of(const ObjectQuery& query) {
  std::vector<std::string> pieces = {query.schema, query.name,   query.part,
                                     query.oid,    query.refers, query.from};
  for (const ObjectQuery::Column& column : query.columns) pieces.push_back(column.sql);
  return pieces;
}

std::string text_of(const std::vector<ObjectQuery>& queries) {
  std::string text;
  for (const ObjectQuery& query : queries) {
    for (const std::string& piece : pieces_of(query)) text += piece + "\n";
  }
  return text;
}

/// Tells whether each quote and parenthesis has its other half, and no comma is left over at the end.
bool is_whole(const std::string& sql) {
  int depth = 0;
  char quote = 0;
  for (const char c : sql) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth < 0) {
      return false;
    }
  }
  return depth == 0 && quote == 0 && !sql.ends_with(",");
}

TEST(ObjectQueriesOfAllVersions, HaveWholeStatementsForEveryPairOfServers) {
  each_pair([](const Versions& versions) {
    for (const ObjectQuery& query : all_queries(versions)) {
      EXPECT_EQ(query.columns.empty(), query.label == "dependence of") << query.label;  // there, or not
      for (const std::string& piece : pieces_of(query)) {
        EXPECT_FALSE(piece.empty()) << query.label;
        EXPECT_TRUE(is_whole(piece)) << query.label << ": " << piece;
      }
      for (const ObjectQuery::Column& column : query.columns)
        EXPECT_FALSE(column.aspect.name.empty()) << query.label << ": " << column.sql;
    }
  });
}

TEST(ObjectQueriesOfAllVersions, SayOfEachObjectWhatItIsCalledAndWhichOneItIs) {
  each_pair([](const Versions& versions) {
    for (const ObjectQuery& query : all_queries(versions)) {
      EXPECT_FALSE(query.label.empty());
      EXPECT_NE(query.name, query.part) << query.label;
      EXPECT_EQ(query.catalog.empty(), query.oid == "0") << query.label;
      EXPECT_FALSE(query.refers != "0" && query.catalog.empty()) << query.label;
    }
  });
}

TEST(ObjectQueriesOfAllVersions, ReadWhatAVersionBroughtOnlyWhereBothServersHaveIt) {
  // Source  PostgreSQL's release notes, and the manual's chapter "System Catalogs" of each version.
  const std::map<std::string, int> since = {
      {"a.attgenerated", 120000},           {"p.prosupport", 120000},     {"p.pubviaroot", 130000},
      {"s.stxstattarget", 130000},          {"a.attcompression", 140000}, {"r.rngmultitypid", 140000},
      {"pg_get_function_sqlbody", 140000},  {"r.prattrs", 150000},        {"r.prqual", 150000},
      {"pg_publication_namespace", 150000}, {"p.pubgencols", 180000}};
  each_pair([&](const Versions& versions) {
    const std::string text = text_of(all_queries(versions));
    for (const auto& [column, version] : since)
      EXPECT_EQ(text.find(column) != std::string::npos, versions.common >= version) << column;
  });
}

TEST(ObjectQueriesOfAllVersions, CompareNotNullAsAConstraintOnlyWhereBothServersNameIt) {
  const auto constraints = [](int common) {
    for (const ObjectQuery& query : table_part_queries({.own = 180000, .common = common}))
      if (query.label == "constraint") return query.from;
    return std::string();
  };
  EXPECT_NE(constraints(180000).find("'n')"), std::string::npos);
  EXPECT_EQ(constraints(170000).find("'n')"), std::string::npos);
}

TEST(ObjectQueriesOfAllVersions, LeaveOutTheRightToMaintainUnlessBothServersKnowIt) {
  for (const int common : {160000, 170000}) {
    const std::string grants = grants_sql({.own = 180000, .common = common}, "c.relacl", "r", "c.relowner");
    EXPECT_EQ(grants.find("<> 'MAINTAIN'") != std::string::npos, common < 170000);
    EXPECT_TRUE(is_whole(grants));
  }
}

TEST(Grants, AreComparedWithWhatPostgresGivesUnlessToldWhatIsUsual) {
  const Versions versions{.own = 180000, .common = 180000};
  const std::string usual = grants_sql(versions, "n.nspacl", "n", "n.nspowner");
  EXPECT_NE(usual.find("pg_catalog.acldefault('n', n.nspowner)"), std::string::npos);
  const std::string told = grants_sql(versions, "n.nspacl", "n", "n.nspowner", "ARRAY[]::aclitem[]");
  EXPECT_EQ(told.find("acldefault"), std::string::npos);
  EXPECT_NE(told.find("pg_catalog.aclexplode(ARRAY[]::aclitem[])"), std::string::npos);
}

TEST(ExtensionsOwnRows, AreThoseOfTheExtensionsThatAreNamed) {
  const std::string sql = extensions_own_rows_sql("'postgis', 'o''brien'");
  EXPECT_NE(sql.find("e.extname IN ('postgis', 'o''brien')"), std::string::npos);
  EXPECT_TRUE(is_whole(sql));
}

TEST(ExtensionQueries, LookOnlyAtExtensionsOfTheSameVersionAndSayThatChangesAreNotCarried) {
  for (const ObjectQuery& query :
       extension_queries({.own = 180000, .common = 150000, .extensions = "'postgis'"})) {
    EXPECT_NE(query.from.find("e.extname IN ('postgis')"), std::string::npos) << query.label;
    EXPECT_NE(query.not_carried.find("by hand"), std::string::npos) << query.label;
  }
}

}  // namespace
}  // namespace pghaul::catalog
