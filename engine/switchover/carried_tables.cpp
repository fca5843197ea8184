#include "switchover/carried_tables.h"

#include <fmt/format.h>

namespace pghaul::switchover {
namespace {

constexpr int kHasGeneratedColumns = 120000;

}  // namespace

Result<std::vector<CarriedTable>> read_carried_tables(postgres::Connection& server,
                                                      const std::string& publication) {
  const char* const stored = server.version() >= kHasGeneratedColumns ? " AND a.attgenerated = ''" : "";
  const Result<postgres::Rows> rows = server.query(
      fmt::format(
          "SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname),"
          " coalesce((SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY "
          "a.attnum)"
          "  FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0"
          "  AND NOT a.attisdropped{}), ''),"
          " CASE c.relpersistence WHEN 'u' THEN 'it is unlogged' ELSE 'it is not followed' END,"
          " EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = c.oid)"
          " FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
          " WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema'"
          " AND n.nspname !~ '^(pg_|pghaul_(live|journal))'"
          " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid ="
          "  'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')"
          " AND (c.relpersistence = 'u' OR NOT EXISTS (SELECT FROM pg_catalog.pg_publication_tables AS p"
          "  WHERE p.pubname = $1 AND p.schemaname = n.nspname AND p.tablename = c.relname))"
          " ORDER BY c.oid",
          stored),
      {publication});
  if (!rows) return rows.error().during("listing the tables whose changes are not followed");
  std::vector<CarriedTable> tables;
  for (int row = 0; row < rows->size(); ++row) {
    tables.push_back({.oid = static_cast<std::uint32_t>(rows->oid(row, 0)),
                      .name = rows->string(row, 1),
                      .columns = rows->string(row, 2),
                      .why = rows->string(row, 3),
                      .has_parent = rows->boolean(row, 4)});
  }
  return tables;
}

}  // namespace pghaul::switchover
