#include "catalog/parts.h"
#include "catalog/read_catalog.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Functions and operators, as a definition spells them, with or without quotes, whose results depend on the
/// locale.
constexpr const char* kByLocale =
    R"re('(\m(upper|lower|initcap|casefold|to_tsvector)"?\(| !?~\*? | !?~~\* )')re";

/// Comparisons of texts by the order of the database's locale, in an expression as a catalog keeps it: `<`,
/// `<=`, `>`,
/// `>=` of text and of char(n), GREATEST and LEAST.
constexpr const char* kByOrder =
    "'(:opno (664|665|666|667|1058|1059|1060|1061) :opfuncid [0-9]+ :opresulttype 16 :opretset false "
    ":opcollid 0"
    "|MINMAXEXPR :minmaxtype [0-9]+ :minmaxcollid [0-9]+) :inputcollid 100 '";

/// Leaves out plain comparisons for equality, LIKE and lists of values: they mean the same under every locale
/// that a database can have.
std::string dependents_sql(int version) {
  const std::string on_name = R"(
JOIN pg_catalog.pg_class AS c ON c.oid = found.relation
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
)";
  std::string found = R"(
  SELECT 'unique index' AS kind, i.relname AS part, x.indrelid AS relation
  FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
  WHERE (x.indisunique OR x.indisexclusion) AND x.indexrelid >= 16384
    AND pg_catalog.pg_get_indexdef(x.indexrelid) ~ )" +
                      std::string(kByLocale) + R"(
  UNION ALL
  SELECT 'check', k.conname, k.conrelid
  FROM pg_catalog.pg_constraint AS k
  WHERE k.contype = 'c' AND k.conrelid <> 0 AND k.oid >= 16384
    AND (pg_catalog.pg_get_constraintdef(k.oid) ~ )" +
                      kByLocale + " OR k.conbin::text ~ " + kByOrder + R"()
  UNION ALL
  SELECT 'partition key', NULL, p.partrelid
  FROM pg_catalog.pg_partitioned_table AS p
  WHERE p.partstrat = 'r' AND 100 = ANY (p.partcollation::oid[])
    OR pg_catalog.pg_get_partkeydef(p.partrelid) ~ )" +
                      kByLocale;
  if (version >= 120000) {
    found += R"(
  UNION ALL
  SELECT 'unique index', i.relname, x.indrelid
  FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
  WHERE (x.indisunique OR x.indisexclusion) AND x.indexrelid >= 16384
    AND EXISTS (SELECT FROM pg_catalog.pg_collation AS c
                WHERE c.oid = ANY (x.indcollation::oid[]) AND NOT c.collisdeterministic)
  UNION ALL
  SELECT 'generated column', a.attname, a.attrelid
  FROM pg_catalog.pg_attribute AS a
  JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attgenerated <> '' AND pg_catalog.pg_get_expr(d.adbin, d.adrelid) ~ )" +
             std::string(kByLocale);
  }
  return "SELECT found.kind, found.part, found.relation, n.nspname, c.relname FROM (" + found + ") AS found" +
         on_name + "ORDER BY n.nspname, c.relname, found.kind, found.part";
}

}  // namespace

std::string locale_provider_sql(int version) {
  const std::string provider = version >= 150000 ? "d.datlocprovider" : "'c'";
  const std::string locale = version >= 170000   ? "d.datlocale"
                             : version >= 150000 ? "d.daticulocale"
                                                 : "NULL";
  const std::string as_it_is =
      version >= 150000 ? "pg_catalog.pg_database_collation_actual_version(d.oid)" : "NULL";
  return "SELECT " + provider + ", " + locale + ", " + as_it_is +
         " FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()";
}

Result<std::vector<std::string>> read_locale_dependents(postgres::Connection& connection,
                                                        const std::function<bool(Oid)>& belongs) {
  const Result<postgres::Rows> rows = connection.query(dependents_sql(connection.version()));
  if (!rows) return rows.error().during(listing("what depends on the locale", connection));
  std::vector<std::string> dependents;
  for (int row = 0; row < rows->size(); ++row) {
    if (!belongs(rows->oid(row, 2))) continue;
    std::string name = rows->string(row, 0);
    if (!rows->is_null(row, 1)) name += " " + shown(Name{{}, rows->string(row, 1)});
    dependents.push_back(name + " of " + shown(Name{rows->string(row, 3), rows->string(row, 4)}));
  }
  return dependents;
}

}  // namespace pghaul::catalog
