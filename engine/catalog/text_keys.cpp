#include "catalog/text_keys.h"

#include <utility>

#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

constexpr Oid kPgClass = 1259;  // the catalog's own OID, fixed

/// Collation 100 is the database's own.
constexpr const char* kTextRanges = R"(
SELECT p.partrelid, n.nspname, c.relname, key.columns, pg_catalog.pg_get_partkeydef(p.partrelid), s.nspname, l.relname,
       pg_catalog.pg_get_expr(l.relpartbound, l.oid)
FROM pg_catalog.pg_partitioned_table AS p
JOIN pg_catalog.pg_class AS c ON c.oid = p.partrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT pg_catalog.string_agg(pg_catalog.format('%I %s', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)),
                               ', ' ORDER BY a.attnum) AS columns,
         pg_catalog.bool_and(a.atttypid < 16384 AND a.attcollation IN (0, 100)) AS are_plain
  FROM pg_catalog.pg_attribute AS a
  WHERE a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs::int2[])) AS key
JOIN pg_catalog.pg_inherits AS i ON i.inhparent = p.partrelid
JOIN pg_catalog.pg_class AS l ON l.oid = i.inhrelid
JOIN pg_catalog.pg_namespace AS s ON s.oid = l.relnamespace
WHERE p.partstrat = 'r' AND p.partexprs IS NULL AND 100 = ANY (p.partcollation::oid[]) AND key.are_plain
ORDER BY n.nspname, c.relname, s.nspname, l.relname)";

/// Types 25 text, 1042 char(n), 1043 varchar(n), whose modifier is n + 4; a character has 4 bytes at most.
constexpr const char* kIndexedTexts = R"(
SELECT x.indrelid, n.nspname, c.relname, a.attname, m.nspname, i.relname
FROM pg_catalog.pg_index AS x
JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid AND i.relkind = 'i'
JOIN pg_catalog.pg_namespace AS m ON m.oid = i.relnamespace
JOIN pg_catalog.pg_am AS method ON method.oid = i.relam AND method.amname = 'btree'
JOIN pg_catalog.pg_class AS c ON c.oid = x.indrelid AND (c.relkind = 'r' OR c.relkind = 'm' AND c.relispopulated)
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey::int2[])
WHERE a.atttypid IN (25, 1042, 1043) AND (a.atttypmod < 0 OR (a.atttypmod - 4) * 4 > 2704) AND x.indrelid >= 16384
ORDER BY n.nspname, c.relname, a.attnum, i.relname)";

}  // namespace

Result<std::vector<TextRanges>> read_text_ranges(postgres::Connection& connection, const Chosen& chosen) {
  const Result<postgres::Rows> rows = connection.query(kTextRanges);
  if (!rows) return rows.error().during(listing("partitions by ranges of texts", connection));
  std::vector<TextRanges> found;
  for (int row = 0; row < rows->size(); ++row) {
    if (chosen && !chosen(kPgClass, rows->oid(row, 0))) continue;
    Name table{rows->string(row, 1), rows->string(row, 2)};
    if (found.empty() || found.back().table != table) {
      found.push_back({std::move(table), rows->string(row, 3), rows->string(row, 4), {}});
    }
    found.back().partitions.push_back({{rows->string(row, 5), rows->string(row, 6)}, rows->string(row, 7)});
  }
  return found;
}

Result<std::vector<IndexedText>> read_indexed_texts(postgres::Connection& connection, const Chosen& chosen) {
  const Result<postgres::Rows> rows = connection.query(kIndexedTexts);
  if (!rows) return rows.error().during(listing("indexes of texts", connection));
  std::vector<IndexedText> found;
  for (int row = 0; row < rows->size(); ++row) {
    if (chosen && !chosen(kPgClass, rows->oid(row, 0))) continue;
    found.push_back({{rows->string(row, 1), rows->string(row, 2)},
                     rows->string(row, 3),
                     {rows->string(row, 4), rows->string(row, 5)}});
  }
  return found;
}

}  // namespace pghaul::catalog
