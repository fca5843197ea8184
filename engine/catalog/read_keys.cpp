#include "catalog/read_keys.h"

#include "catalog/parts.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// A row for each column of each such index.
std::string keys_sql(int version) {
  const std::string key_columns = version >= 110000 ? "x.indnkeyatts" : "x.indnatts";
  return R"(
SELECT n.nspname, c.relname, x.indexrelid, a.attname,
       CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END,
       x.indcollation[part.place] = 0
       OR CASE sorting.collprovider
            WHEN 'd' THEN )" +
         default_compares_bytes(version) + R"(
            WHEN 'c' THEN sorting.collcollate IN ('C', 'POSIX')
            ELSE sorting.collprovider = 'b'
          END
FROM (
  SELECT x.*, )" +
         key_columns + R"( AS parts
  FROM pg_catalog.pg_index AS x
  JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
  JOIN pg_catalog.pg_am AS am ON am.oid = i.relam
  WHERE x.indisunique AND x.indpred IS NULL AND x.indexprs IS NULL AND am.amname = 'btree'
    AND (x.indisvalid OR i.relkind = 'I')
) AS x
JOIN pg_catalog.pg_class AS c ON c.oid = x.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_'
CROSS JOIN LATERAL pg_catalog.generate_series(0, x.parts - 1) AS part(place)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = x.indkey[part.place]
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
JOIN pg_catalog.pg_database AS d ON d.datname = pg_catalog.current_database()
LEFT JOIN pg_catalog.pg_collation AS sorting ON sorting.oid = x.indcollation[part.place]
WHERE NOT EXISTS (
  SELECT FROM pg_catalog.generate_series(0, x.parts - 1) AS every(place)
  LEFT JOIN pg_catalog.pg_attribute AS b ON b.attrelid = c.oid AND b.attnum = x.indkey[every.place]
  JOIN pg_catalog.pg_opclass AS class ON class.oid = x.indclass[every.place]
  WHERE b.attnum < 0 OR NOT b.attnotnull OR NOT class.opcdefault
)
ORDER BY n.nspname, c.relname, x.indisprimary DESC, x.parts, x.indexrelid, part.place)";
}

}  // namespace

Result<std::map<Name, std::vector<UniqueKey>>> read_keys(postgres::Connection& connection) {
  const Result<postgres::Rows> rows = connection.query(keys_sql(connection.version()));
  if (!rows) return rows.error().during(listing("unique keys", connection));
  std::map<Name, std::vector<UniqueKey>> keys;
  for (int row = 0; row < rows->size(); ++row) {
    std::vector<UniqueKey>& of_table = keys[{rows->string(row, 0), rows->string(row, 1)}];
    if (row == 0 || rows->oid(row, 2) != rows->oid(row - 1, 2)) of_table.emplace_back();
    of_table.back().columns.push_back({rows->string(row, 3), rows->oid(row, 4), rows->boolean(row, 5)});
  }
  return keys;
}

}  // namespace pghaul::catalog
