#include "catalog/databases.h"

#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

constexpr const char* kDatabases = R"(
SELECT d.datname,
       CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT')
            THEN pg_catalog.pg_database_size(d.oid) ELSE 0 END,
       CASE WHEN NOT d.datallowconn THEN 'it takes no connections'
            WHEN d.datconnlimit = -2 THEN 'a DROP DATABASE of it was interrupted'
            WHEN NOT pg_catalog.has_database_privilege(d.oid, 'CONNECT')
              THEN pg_catalog.format('role %s may not connect to it', current_user)
            ELSE '' END
FROM pg_catalog.pg_database AS d
WHERE d.datname NOT IN ('template0', 'template1')
ORDER BY d.datname)";

constexpr const char* kLargestTable = R"(
SELECT COALESCE(pg_catalog.max(one.pages), 0)::bigint * pg_catalog.current_setting('block_size')::bigint
FROM (SELECT t.relpages::bigint + COALESCE(pg_catalog.sum(x.relpages), 0) AS pages
      FROM pg_catalog.pg_class AS t
      LEFT JOIN pg_catalog.pg_index AS i ON i.indrelid = t.oid
      LEFT JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
      WHERE t.relkind IN ('r', 't', 'm')
      GROUP BY t.oid, t.relpages) AS one)";

}  // namespace

Result<std::vector<DatabaseEntry>> list_databases(postgres::Connection& server) {
  const Result<postgres::Rows> rows = server.query(kDatabases);
  if (!rows) return rows.error().during(listing("databases", server));
  std::vector<DatabaseEntry> databases;
  for (int row = 0; row < rows->size(); ++row) {
    databases.push_back({rows->string(row, 0), rows->integer(row, 1), rows->string(row, 2)});
  }
  return databases;
}

Result<std::int64_t> read_largest_table(postgres::Connection& database) {
  const Result<postgres::Rows> rows = database.query(kLargestTable);
  if (!rows) return rows.error().during(listing("largest table", database));
  return rows->integer(0, 0);
}

}  // namespace pghaul::catalog
