#include "catalog/unrepeatable.h"

#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Functions that an expression calls are what it depends on; those of PostgreSQL itself are not recorded.
/// One in language SQL (14) may be inlined, and then only its body has to be immutable: tried on 15.
std::string mutable_expressions_sql(int version) {
  const std::string generated = version >= 120000 ? "col.attgenerated <> ''" : "false";
  return R"(
SELECT 'pg_catalog.pg_class'::regclass::oid, d.objid,
       CASE c.relkind WHEN 'p' THEN 'partition key of ' ELSE 'index ' END, n.nspname, c.relname, NULL,
       p.oid::regprocedure::text
FROM pg_catalog.pg_depend AS d
JOIN pg_catalog.pg_proc AS p ON p.oid = d.refobjid AND p.provolatile <> 'i' AND p.prolang <> 14
JOIN pg_catalog.pg_class AS c ON c.oid = d.objid AND c.relkind IN ('i', 'I', 'p')
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_proc'::regclass
  AND d.deptype = 'n'
UNION ALL
SELECT 'pg_catalog.pg_class'::regclass::oid, c.oid, 'column ', n.nspname, c.relname, col.attname,
       p.oid::regprocedure::text
FROM pg_catalog.pg_depend AS d
JOIN pg_catalog.pg_proc AS p ON p.oid = d.refobjid AND p.provolatile <> 'i' AND p.prolang <> 14
JOIN pg_catalog.pg_attrdef AS def ON def.oid = d.objid
JOIN pg_catalog.pg_attribute AS col ON col.attrelid = def.adrelid AND col.attnum = def.adnum
JOIN pg_catalog.pg_class AS c ON c.oid = def.adrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.refclassid = 'pg_catalog.pg_proc'::regclass
  AND )" +
         generated + " ORDER BY 4, 5, 6";
}

constexpr const char* kPlainColumns = R"(
SELECT 'pg_catalog.pg_class'::regclass::oid, c.oid, n.nspname, c.relname, col.attname
FROM pg_catalog.pg_attribute AS col
JOIN pg_catalog.pg_type AS t ON t.oid = col.atttypid AND t.typlen = -1 AND t.typstorage <> 'p'
JOIN pg_catalog.pg_class AS c ON c.oid = col.attrelid AND c.relkind IN ('r', 'm')
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE col.attstorage = 'p' AND col.attnum > 0 AND NOT col.attisdropped AND c.reltoastrelid <> 0
  AND pg_catalog.pg_relation_size(c.reltoastrelid) > 0
ORDER BY 3, 4, 5)";

}  // namespace

Result<std::vector<MutableExpression>> read_mutable_expressions(postgres::Connection& connection,
                                                                const Chosen& chosen) {
  const Result<postgres::Rows> rows = connection.query(mutable_expressions_sql(connection.version()));
  if (!rows) return rows.error().during(listing("expressions that call functions", connection));
  std::vector<MutableExpression> found;
  for (int row = 0; row < rows->size(); ++row) {
    if (chosen && !chosen(rows->oid(row, 0), rows->oid(row, 1))) continue;
    const std::string column = rows->is_null(row, 5) ? "" : shown(Name{{}, rows->string(row, 5)}) + " of ";
    found.push_back({rows->oid(row, 1),
                     rows->string(row, 2) + column + shown(Name{rows->string(row, 3), rows->string(row, 4)}),
                     rows->string(row, 6)});
  }
  return found;
}

Result<std::vector<PlainColumn>> read_plain_columns(postgres::Connection& connection, const Chosen& chosen) {
  const Result<postgres::Rows> rows = connection.query(kPlainColumns);
  if (!rows) return rows.error().during(listing("columns with STORAGE PLAIN", connection));
  std::vector<PlainColumn> found;
  for (int row = 0; row < rows->size(); ++row) {
    if (chosen && !chosen(rows->oid(row, 0), rows->oid(row, 1))) continue;
    found.push_back({rows->oid(row, 1), {rows->string(row, 2), rows->string(row, 3)}, rows->string(row, 4)});
  }
  return found;
}

}  // namespace pghaul::catalog
