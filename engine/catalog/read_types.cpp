#include <set>
#include <utility>

#include "catalog/oid_array.h"
#include "catalog/parts.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Recognizes an array type by the type that names it as its own array: int2vector and the like have
/// elements, but no array's layout.
std::string types_sql(int version) {
  const bool has_multiranges = version >= 140000;
  const std::string range_of_multirange = has_multiranges
                                              ? " UNION ALL SELECT r.rngtypid FROM pg_catalog.pg_range AS r"
                                                " WHERE r.rngmultitypid = used.oid"
                                              : "";
  const std::string multirange_part = has_multiranges
                                          ? "WHEN 'm' THEN (SELECT r.rngtypid FROM pg_catalog.pg_range AS r"
                                            " WHERE r.rngmultitypid = t.oid)"
                                          : "";
  return R"(
WITH RECURSIVE used(oid) AS (
  SELECT pg_catalog.unnest($1::oid[])
  UNION
  SELECT part.oid
  FROM used
  CROSS JOIN LATERAL (
    SELECT e.oid
    FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
    WHERE t.oid = used.oid
    UNION ALL
    SELECT t.typbasetype FROM pg_catalog.pg_type AS t WHERE t.oid = used.oid AND t.typbasetype <> 0
    UNION ALL
    SELECT r.rngsubtype FROM pg_catalog.pg_range AS r WHERE r.rngtypid = used.oid
    UNION ALL
    SELECT a.atttypid
    FROM pg_catalog.pg_type AS t
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE t.oid = used.oid AND t.typrelid <> 0)" +
         range_of_multirange + R"(
  ) AS part(oid)
)
SELECT t.oid, n.nspname, t.typname, t.typtype,
       CASE t.typtype
         WHEN 'd' THEN t.typbasetype
         WHEN 'r' THEN (SELECT r.rngsubtype FROM pg_catalog.pg_range AS r WHERE r.rngtypid = t.oid)
         )" +
         multirange_part + R"(
         ELSE element.oid
       END,
       element.oid IS NOT NULL,
       ARRAY(SELECT a.atttypid
             FROM pg_catalog.pg_attribute AS a
             WHERE a.attrelid = t.typrelid AND t.typrelid <> 0 AND a.attnum > 0 AND NOT a.attisdropped
             ORDER BY a.attnum),
       t.typsend <> 0 AND t.typreceive <> 0,
       (SELECT e.extname
        FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
        WHERE d.deptype = 'e'
          AND (d.classid, d.objid) IN (('pg_catalog.pg_type'::regclass, t.oid),
                                       ('pg_catalog.pg_class'::regclass, t.typrelid))
        LIMIT 1)
FROM used
JOIN pg_catalog.pg_type AS t ON t.oid = used.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_type AS element ON element.oid = t.typelem AND element.typarray = t.oid
ORDER BY t.oid)";
}

}  // namespace

Result<std::vector<Type>> read_types(postgres::Connection& connection,
                                     const std::vector<Relation>& relations) {
  std::set<Oid> of_columns;
  for (const Relation& relation : relations) {
    for (const Column& column : relation.columns) of_columns.insert(column.type);
  }
  const Result<postgres::Rows> rows = connection.query(
      types_sql(connection.version()), {oid_array(std::vector<Oid>(of_columns.begin(), of_columns.end()))});
  if (!rows) return rows.error().during(listing("types", connection));

  std::vector<Type> types;
  for (int row = 0; row < rows->size(); ++row) {
    Type type;
    type.oid = rows->oid(row, 0);
    type.name = {rows->string(row, 1), rows->string(row, 2)};
    type.kind = rows->text(row, 3).front();
    type.part = rows->oid(row, 4);
    type.is_array = rows->boolean(row, 5);
    type.attributes = rows->oids(row, 6);
    type.has_binary_io = rows->boolean(row, 7);
    type.extension = rows->string(row, 8);
    types.push_back(std::move(type));
  }
  return types;
}

}  // namespace pghaul::catalog
