#include "catalog/nullable_children.h"

#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Since PostgreSQL 18 NOT NULL is a constraint, which may be said not to be inherited.
std::string nullable_children_sql(int version) {
  const std::string is_inherited =
      version >= 180000
          ? " AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = parent.oid"
            " AND k.contype = 'n' AND k.connoinherit AND k.conkey = ARRAY[above.attnum])"
          : "";
  return "SELECT 'pg_catalog.pg_class'::regclass::oid, child.oid, n.nspname, child.relname, own.attname,"
         " parent_schema.nspname, parent.relname FROM pg_catalog.pg_inherits AS tree"
         " JOIN pg_catalog.pg_class AS child ON child.oid = tree.inhrelid AND child.relkind IN ('r', 'p', "
         "'f')"
         " JOIN pg_catalog.pg_namespace AS n ON n.oid = child.relnamespace"
         " JOIN pg_catalog.pg_class AS parent ON parent.oid = tree.inhparent"
         " JOIN pg_catalog.pg_namespace AS parent_schema ON parent_schema.oid = parent.relnamespace"
         " JOIN pg_catalog.pg_attribute AS own ON own.attrelid = child.oid AND NOT own.attnotnull"
         " JOIN pg_catalog.pg_attribute AS above ON above.attrelid = parent.oid AND above.attname = "
         "own.attname"
         " AND above.attnotnull AND above.attnum > 0 AND NOT above.attisdropped WHERE " +
         kUserSchema + is_inherited + " ORDER BY 3, 4, 5";
}

}  // namespace

Result<std::vector<NullableChild>> read_nullable_children(postgres::Connection& connection,
                                                          const Chosen& chosen) {
  const Result<postgres::Rows> rows = connection.query(nullable_children_sql(connection.version()));
  if (!rows) return rows.error().during(listing("inherited columns", connection));
  std::vector<NullableChild> columns;
  for (int row = 0; row < rows->size(); ++row) {
    if (chosen && !chosen(rows->oid(row, 0), rows->oid(row, 1))) continue;
    columns.push_back({rows->oid(row, 1),
                       {rows->string(row, 2), rows->string(row, 3)},
                       rows->string(row, 4),
                       {rows->string(row, 5), rows->string(row, 6)}});
  }
  return columns;
}

}  // namespace pghaul::catalog
