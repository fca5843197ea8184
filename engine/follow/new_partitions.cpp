#include "follow/new_partitions.h"

#include <fmt/format.h>

#include "base/live_schema.h"
#include "postgres/quote.h"

namespace pghaul::follow {
namespace {

/// Lists leaves by their OIDs. What a leaf has from its parent hangs on something of the parent's.
std::string partitions_query(const postgres::Connection& source, const std::string& name) {
  const bool has_trigger_parents = source.version() >= 130000;
  const char* const generated = source.version() >= 120000 ? " AND a.attgenerated = ''" : "";
  return fmt::format(
      "SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname),"
      " pg_catalog.format('%I.%I', m.nspname, p.relname),"
      " coalesce((SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum)"
      "  FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0"
      "  AND NOT a.attisdropped{2}), ''),"
      " pg_catalog.pg_get_expr(c.relpartbound, c.oid),"
      " EXISTS (SELECT FROM pg_catalog.pg_publication_tables AS u WHERE u.pubname = l.name"
      "  AND u.schemaname = n.nspname AND u.tablename = c.relname),"
      " EXISTS (SELECT FROM pg_catalog.pg_index AS x WHERE x.indrelid = c.oid AND NOT EXISTS"
      "  (SELECT FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = x.indexrelid))"
      " OR EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = c.oid AND k.conislocal"
      "  AND k.contype IN ('c', 'f', 'x'))"
      " OR EXISTS (SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal{3})"
      " FROM {0} AS l, pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
      " JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = c.oid"
      " JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent"
      " JOIN pg_catalog.pg_namespace AS m ON m.oid = p.relnamespace"
      " WHERE l.name = {1} AND c.relispartition AND c.relkind = 'r' AND c.relpersistence = 'p'"
      " AND c.oid <> ALL (l.known_tables) ORDER BY 2",
      postgres::quote(kLiveSchema, "copies"), postgres::quote_literal(name), generated,
      has_trigger_parents ? " AND t.tgparentid = 0" : "");
}

Result<bool> exists(postgres::Connection& target, const std::string& table) {
  const Result<postgres::Rows> found =
      target.query("SELECT pg_catalog.to_regclass(" + postgres::quote_literal(table) + ") IS NOT NULL");
  if (!found) return fail(found.error());
  return found->boolean(0, 0);
}

}  // namespace

std::string NewPartition::create() const {
  return fmt::format("CREATE TABLE {} PARTITION OF {} {}", table, parent, bound);
}

Result<std::vector<NewPartition>> find_new_partitions(postgres::Connection& source,
                                                      postgres::Connection& target, const std::string& name) {
  const Result<postgres::Rows> rows = source.query(partitions_query(source, name));
  if (!rows) return rows.error().during("looking for new partitions of the source");
  std::vector<NewPartition> all;
  for (int row = 0; row < rows->size(); ++row) {
    const Result<bool> there = exists(target, rows->string(row, 1));
    if (!there) return fail(there.error());
    const Result<bool> parent = exists(target, rows->string(row, 2));
    if (!parent) return fail(parent.error());
    if (*there || !*parent) continue;
    all.push_back({.oid = rows->oid(row, 0),
                   .table = rows->string(row, 1),
                   .parent = rows->string(row, 2),
                   .columns = rows->string(row, 3),
                   .bound = rows->string(row, 4),
                   .published = rows->boolean(row, 5),
                   .has_own = rows->boolean(row, 6)});
  }
  return all;
}

}  // namespace pghaul::follow
