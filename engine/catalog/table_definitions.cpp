#include "catalog/table_definitions.h"

namespace pghaul::catalog {
namespace {

/// Later columns of the catalogs are read by to_jsonb(), which gives NULL where there are none.
constexpr const char* kDefinitions = R"(
WITH RECURSIVE tables AS (
  SELECT c.oid, n.nspname, c.relname, coalesce(pg_catalog.to_jsonb(c) ->> 'relam', '0') AS method
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
), used(relation, type) AS (
  SELECT a.attrelid, a.atttypid FROM tables JOIN pg_catalog.pg_attribute AS a ON a.attrelid = tables.oid
  WHERE a.attnum > 0 AND NOT a.attisdropped
  UNION
  SELECT used.relation, part.type FROM used JOIN pg_catalog.pg_type AS t ON t.oid = used.type, LATERAL (
    SELECT t.typelem UNION ALL SELECT t.typbasetype
    UNION ALL SELECT r.rngsubtype FROM pg_catalog.pg_range AS r WHERE r.rngtypid = t.oid
      OR (t.typtype = 'm' AND pg_catalog.to_jsonb(r) ->> 'rngmultitypid' = t.oid::text)
    UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS part(type)
  WHERE part.type <> 0
), types AS (
  SELECT used.relation, pg_catalog.string_agg(pg_catalog.concat_ws(' ', t.oid, t.typtype, t.typbasetype, t.typtypmod,
    (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder)
     FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', a.attnum, a.attisdropped, a.atttypid, a.atttypmod,
                                                       pg_catalog.quote_literal(a.attname)), ',' ORDER BY a.attnum)
     FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = t.typrelid AND a.attnum > 0)),
    ';' ORDER BY t.oid) AS text
  FROM used JOIN pg_catalog.pg_type AS t ON t.oid = used.type
  WHERE t.oid >= 16384 GROUP BY used.relation
)
SELECT tables.oid, pg_catalog.md5(pg_catalog.concat_ws('|',
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', a.attnum, a.attisdropped,
       pg_catalog.quote_literal(a.attname), a.atttypid, a.atttypmod,
       pg_catalog.quote_literal(pg_catalog.to_jsonb(a) ->> 'attmissingval'),
       pg_catalog.to_jsonb(a) ->> 'attgenerated',
       CASE WHEN pg_catalog.to_jsonb(a) ->> 'attgenerated' <> ''
            THEN (SELECT pg_catalog.md5(d.adbin::text) FROM pg_catalog.pg_attrdef AS d
                  WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END), ',' ORDER BY a.attnum)
     FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = tables.oid AND a.attnum > 0),
    types.text,
    (SELECT pg_catalog.string_agg(i.inhparent::oid::text, ',' ORDER BY i.inhparent)
     FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = tables.oid))),
  CASE WHEN tables.method NOT IN ('0', '2') THEN 'it has another access method than heap'
       WHEN NOT pg_catalog.has_table_privilege(tables.oid, 'SELECT')
         THEN 'the role has SELECT on single columns only'
       WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
                    WHERE a.attrelid = tables.oid AND pg_catalog.to_jsonb(a) ->> 'attgenerated' = 'v')
         THEN 'it has virtual columns, which functions may give other values at any time'
       ELSE '' END, tables.nspname, tables.relname
FROM tables LEFT JOIN types ON types.relation = tables.oid)";

}  // namespace

Result<std::map<Oid, TableDefinition>> read_table_definitions(postgres::Connection& server) {
  const Result<postgres::Rows> rows = server.query(kDefinitions);
  if (!rows) return rows.error().during("reading the definitions of tables");
  std::map<Oid, TableDefinition> all;
  for (int row = 0; row < rows->size(); ++row)
    all[rows->oid(row, 0)] = {.name = {rows->string(row, 3), rows->string(row, 4)},
                              .digest = rows->string(row, 1),
                              .unfit = rows->string(row, 2)};
  return all;
}

}  // namespace pghaul::catalog
