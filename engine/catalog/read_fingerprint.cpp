#include "catalog/read_catalog.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Leaves out what VACUUM, ANALYZE or rows change: relpages, relhasindex, relfrozenxid and the like; and the
/// files of sequences, which hold no rows and are replaced when a sequence is restarted.
std::string fingerprint_sql(int version, bool with_files) {
  const std::string generated = version >= 120000 ? "a.attgenerated" : "''";
  // Servers in FIPS mode refuse MD5.
  const std::string hash = version >= 110000
                               ? "pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(all_lines.text, "
                                 "pg_catalog.getdatabaseencoding())), 'hex')"
                               : "pg_catalog.md5(all_lines.text)";
  return R"(
WITH relation AS (
  SELECT c.oid, pg_catalog.concat_ws(' ', )" +
         std::string(with_files ? "CASE c.relkind WHEN 'S' THEN 0 ELSE c.relfilenode END" : "0") +
         R"(, c.relnatts, c.relkind, c.relpersistence, c.relnamespace,
                                     c.relrowsecurity, c.relforcerowsecurity, c.relispartition,
                                     c.relname) AS text
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm', 'f', 'S', 'v') AND c.relpersistence <> 't' AND )" +
         kUserSchema + R"(
), line(relation, number, text) AS (
  SELECT oid, 0, pg_catalog.concat_ws(' ', oid, text) FROM relation
  UNION ALL
  SELECT a.attrelid, a.attnum, pg_catalog.concat_ws(' ', a.atttypid, a.atttypmod, a.attisdropped, a.attnotnull, )" +
         generated + R"(, a.attname)
  FROM relation
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = relation.oid AND a.attnum > 0
)
SELECT )" +
         hash + R"(
FROM (SELECT coalesce(pg_catalog.string_agg(line.text, E'\n' ORDER BY line.relation, line.number), '')
      FROM line) AS all_lines(text))";
}

Result<std::string> read(postgres::Connection& connection, bool with_files) {
  const Result<postgres::Rows> rows = connection.query(fingerprint_sql(connection.version(), with_files));
  if (!rows) return rows.error().during(listing("tables", connection));
  return rows->string(0, 0);
}

}  // namespace

Result<std::string> read_fingerprint(postgres::Connection& connection) {
  return read(connection, true);
}

Result<std::string> read_fingerprint_without_files(postgres::Connection& connection) {
  return read(connection, false);
}

}  // namespace pghaul::catalog
