#include "fencing/carried_tables.h"

#include <fmt/format.h>

namespace pghaul::fencing {
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

Result<Carried> sum_carried(postgres::Connection& server, const std::string& publication,
                            bool with_large_objects) {
  const Result<std::vector<CarriedTable>> tables = read_carried_tables(server, publication);
  if (!tables) return fail(tables.error());
  std::string oids;
  for (const CarriedTable& table : *tables) oids += fmt::format("{}{}", oids.empty() ? "" : ",", table.oid);
  const Result<postgres::Rows> rows = server.query(
      "SELECT coalesce(pg_catalog.sum(pg_catalog.pg_table_size(oid)), 0)::bigint,"
      " $2 AND EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata),"
      " pg_catalog.pg_table_size('pg_catalog.pg_largeobject'::pg_catalog.regclass)"
      " FROM pg_catalog.unnest($1::oid[]) AS oid",
      {"{" + oids + "}", with_large_objects ? "true" : "false"});
  if (!rows) return rows.error().during("measuring what is not followed");
  const bool large_objects = rows->boolean(0, 1);
  return Carried{.tables = static_cast<std::int64_t>(tables->size()),
                 .large_objects = large_objects,
                 .bytes = rows->integer(0, 0) + (large_objects ? rows->integer(0, 2) : 0)};
}

}  // namespace pghaul::fencing
