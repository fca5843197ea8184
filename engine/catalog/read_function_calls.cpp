#include <set>
#include <string>
#include <unordered_map>

#include "catalog/parts.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Extensions whose functions, in whatever language, read no table but configuration tables of their own.
const std::string kHarmlessExtensions =
    "'address_standardizer', 'btree_gin', 'btree_gist', 'citext', 'cube', 'earthdistance', 'fuzzystrmatch', "
    "'h3', 'hll', 'hstore', 'intarray', 'ip4r', 'isn', 'ltree', 'pg_trgm', 'pgcrypto', 'postgis', "
    "'postgis_raster', 'postgis_sfcgal', 'prefix', 'seg', 'semver', 'unaccent', 'uuid-ossp', 'vector'";

/// Extensions written in C that run queries which they are given as text.
const std::string kRunQueries = "'dblink', 'pgrouting', 'plproxy', 'tablefunc', 'xml2'";

/// PostgreSQL's own functions that run queries. No dependency on them is recorded, but an expression's tree
/// names them.
const std::string kBuiltInsThatRunQueries =
    "'ts_stat', 'ts_rewrite', 'query_to_xml', 'query_to_xmlschema', 'query_to_xml_and_xmlschema', "
    "'table_to_xml', 'table_to_xmlschema', 'table_to_xml_and_xmlschema', 'schema_to_xml', "
    "'schema_to_xmlschema', 'schema_to_xml_and_xmlschema', 'database_to_xml', 'database_to_xmlschema', "
    "'database_to_xml_and_xmlschema', 'cursor_to_xml', 'cursor_to_xmlschema', 'lo_get', 'nextval', "
    "'currval', "
    "'lastval', 'pg_sequence_last_value'";

/// Finds the tables and indexes for which the server calls a function that may read tables: by its name, by
/// an operator or an operator class, or by a domain's check. Such a function may do so whatever volatility it
/// is declared with.
std::string calls_sql(int version) {
  const std::string generated = version >= 120000 ? "a.attgenerated <> ''" : "false";
  return R"(
WITH RECURSIVE harmless(oid) AS (
  SELECT member.objid
  FROM pg_catalog.pg_depend AS member
  JOIN pg_catalog.pg_extension AS e ON e.oid = member.refobjid
  JOIN pg_catalog.pg_proc AS f ON f.oid = member.objid
  JOIN pg_catalog.pg_language AS l ON l.oid = f.prolang
  WHERE member.classid = 'pg_catalog.pg_proc'::regclass AND member.deptype = 'e'
    AND (e.extname IN ()" +
         kHarmlessExtensions + R"() OR (l.lanname = 'c' AND e.extname NOT IN ()" + kRunQueries + R"()))
), reading(oid) AS (
  SELECT f.oid
  FROM pg_catalog.pg_proc AS f
  JOIN pg_catalog.pg_language AS l ON l.oid = f.prolang
  WHERE f.oid >= )" +
         std::to_string(kFirstUserOid) + R"( AND l.lanname <> 'internal'
    AND NOT EXISTS (SELECT FROM harmless AS h WHERE h.oid = f.oid)
), called_by(class, object) AS (
  SELECT 'pg_catalog.pg_proc'::regclass::oid, r.oid FROM reading AS r
  UNION
  SELECT 'pg_catalog.pg_operator'::regclass, o.oid
  FROM reading AS r JOIN pg_catalog.pg_operator AS o ON o.oprcode = r.oid
  UNION
  SELECT 'pg_catalog.pg_opclass'::regclass, c.oid
  FROM reading AS r
  JOIN pg_catalog.pg_amproc AS p ON p.amproc = r.oid
  JOIN pg_catalog.pg_opclass AS c ON c.opcfamily = p.amprocfamily
), users(class, object) AS (
  SELECT d.classid, d.objid
  FROM called_by AS called
  JOIN pg_catalog.pg_depend AS d ON d.refclassid = called.class AND d.refobjid = called.object
  UNION
  SELECT 'pg_catalog.pg_constraint'::regclass, k.oid
  FROM pg_catalog.pg_constraint AS k
  CROSS JOIN (SELECT ':funcid (' || pg_catalog.string_agg(f.oid::text, '|') || ') ' AS calls
              FROM pg_catalog.pg_proc AS f
              WHERE f.pronamespace = 'pg_catalog'::regnamespace AND f.proname IN ()" +
         kBuiltInsThatRunQueries + R"()) AS built_in
  WHERE k.contype = 'c' AND k.conbin::text ~ built_in.calls
), reading_types(oid) AS (
  SELECT k.contypid
  FROM users AS u
  JOIN pg_catalog.pg_constraint AS k ON k.oid = u.object
  WHERE u.class = 'pg_catalog.pg_constraint'::regclass AND k.contypid <> 0 AND k.convalidated
  UNION
  SELECT CASE d.classid WHEN 'pg_catalog.pg_type'::regclass THEN d.objid ELSE c.reltype END
  FROM reading_types AS r
  JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_type'::regclass AND d.refobjid = r.oid
    AND d.classid IN ('pg_catalog.pg_type'::regclass, 'pg_catalog.pg_class'::regclass)
  LEFT JOIN pg_catalog.pg_class AS c ON d.classid = 'pg_catalog.pg_class'::regclass AND c.oid = d.objid
  WHERE d.classid = 'pg_catalog.pg_type'::regclass OR c.reltype <> 0
), all_users(class, object) AS (
  SELECT u.class, u.object FROM users AS u
  UNION
  SELECT d.classid, d.objid
  FROM reading_types AS r
  JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_type'::regclass AND d.refobjid = r.oid
)
SELECT u.object FROM all_users AS u WHERE u.class = 'pg_catalog.pg_class'::regclass
UNION
SELECT CASE k.contype WHEN 'x' THEN k.conindid ELSE k.conrelid END
FROM all_users AS u
JOIN pg_catalog.pg_constraint AS k ON k.oid = u.object
WHERE u.class = 'pg_catalog.pg_constraint'::regclass AND k.contype IN ('c', 'x') AND k.convalidated
UNION
SELECT a.attrelid
FROM all_users AS u
JOIN pg_catalog.pg_attrdef AS d ON d.oid = u.object
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE u.class = 'pg_catalog.pg_attrdef'::regclass AND )" +
         generated;
}

}  // namespace

Status read_function_calls(postgres::Connection& connection, Catalog& catalog) {
  const Result<postgres::Rows> rows = connection.query(calls_sql(connection.version()));
  if (!rows) return rows.error().during(listing("calls of functions", connection));
  std::set<Oid> callers;
  for (int row = 0; row < rows->size(); ++row) callers.insert(rows->oid(row, 0));
  if (callers.empty()) return {};
  for (IndexInfo& index : catalog.indexes) index.reads = callers.contains(index.oid);
  std::unordered_map<Oid, Oid> parents;
  for (const Relation& relation : catalog.relations) parents.emplace(relation.oid, relation.parent);
  for (Relation& relation : catalog.relations) {
    // A partition's rows are checked against the partition keys of all that it is a part of.
    for (auto at = parents.find(relation.oid); at != parents.end(); at = parents.find(at->second)) {
      relation.reads_in_checks = relation.reads_in_checks || callers.contains(at->first);
    }
  }
  return {};
}

}  // namespace pghaul::catalog
