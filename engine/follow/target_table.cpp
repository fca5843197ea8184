#include "follow/target_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "follow/shown_relation.h"
#include "postgres/quote.h"

namespace pghaul::follow {
namespace {

constexpr const char* kUndefinedTable = "42P01";

/// Asks for types with a modifier of -1: those that mean a length of 1 without one are named otherwise then.
/// A server of 11, which the way back leads to, knows no generated columns.
constexpr const char* kColumns =
    "SELECT c.relkind, a.attname, pg_catalog.format_type(a.atttypid, -1), a.atttypid, a.atttypmod,"
    " coalesce(pg_catalog.to_jsonb(a) ->> 'attgenerated', '') <> '', a.attidentity = 'a'"
    " FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " LEFT JOIN pg_catalog.pg_attribute AS a"
    " ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p') ORDER BY a.attnum";

/// Equality is strategy 3 of a B-tree. Columns of one index follow each other.
constexpr const char* kIndexes =
    "SELECT i.indexrelid, i.indisunique, a.attname, on_.nspname, o.oprname, i.indimmediate"
    " FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " JOIN pg_catalog.pg_index AS i ON i.indrelid = c.oid"
    " AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL"
    " CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(i.indkey::pg_catalog.int2[]),"
    " pg_catalog.unnest(i.indclass::pg_catalog.oid[])) WITH ORDINALITY AS k(attnum, opclass, place)"
    " JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum"
    " JOIN pg_catalog.pg_opclass AS oc ON oc.oid = k.opclass"
    " JOIN pg_catalog.pg_am AS m ON m.oid = oc.opcmethod AND m.amname = 'btree'"
    " JOIN pg_catalog.pg_amop AS ao ON ao.amopfamily = oc.opcfamily AND ao.amopstrategy = 3"
    " AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype"
    " JOIN pg_catalog.pg_operator AS o ON o.oid = ao.amopopr"
    " JOIN pg_catalog.pg_namespace AS on_ ON on_.oid = o.oprnamespace"
    " WHERE n.nspname = $1 AND c.relname = $2 AND k.place <= i.indnkeyatts"
    " ORDER BY i.indexrelid, k.place";

/// Triggers by which a switchover refuses writes pass what is applied, and look at nothing.
///
/// A cast from text that is no function of its own reads a type's text as the type does, and so do those of
/// the types that are named here.
constexpr const char* kSingly =
    "WITH RECURSIVE tree AS (SELECT c.oid FROM pg_catalog.pg_class AS c"
    " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2"
    " UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i JOIN tree ON i.inhparent = tree.oid)"
    " SELECT EXISTS (SELECT FROM tree JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = tree.oid"
    " JOIN pg_catalog.pg_proc AS f ON f.oid = t.tgfoid"
    " JOIN pg_catalog.pg_namespace AS n ON n.oid = f.pronamespace"
    " WHERE t.tgenabled IN ('A', 'R') AND n.nspname <> 'pghaul_live')"
    " OR EXISTS (SELECT FROM tree JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = tree.oid"
    " WHERE r.ev_enabled IN ('A', 'R'))"
    " OR EXISTS (SELECT FROM tree JOIN pg_catalog.pg_index AS i ON i.indrelid = tree.oid"
    " WHERE i.indisexclusion OR i.indisunique AND NOT i.indimmediate)"
    " OR EXISTS (SELECT FROM tree JOIN pg_catalog.pg_attribute AS a ON a.attrelid = tree.oid AND a.attnum > 0"
    " AND NOT a.attisdropped JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid"
    " LEFT JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype"
    " WHERE b.typtype = 'd' OR EXISTS (SELECT FROM pg_catalog.pg_cast AS k WHERE k.castmethod = 'f'"
    " AND k.castsource = 'pg_catalog.text'::pg_catalog.regtype AND k.casttarget IN (t.oid, b.oid)"
    " AND k.casttarget NOT IN ('pg_catalog.name'::pg_catalog.regtype,"
    " 'pg_catalog.\"char\"'::pg_catalog.regtype, 'pg_catalog.xml'::pg_catalog.regtype)))";

constexpr const char* kColumnsOf = "pghaul_columns_of";
constexpr const char* kIndexesOf = "pghaul_indexes_of";
constexpr const char* kIsSinglyOf = "pghaul_is_singly_of";

void add_indexes(const postgres::Rows& rows, TargetTable& table) {
  std::uint32_t last = 0;
  for (int row = 0; row < rows.size(); ++row) {
    const std::uint32_t index = rows.oid(row, 0);
    const bool begins = index != last;
    last = index;
    const KeyColumn column{
        .name = rows.string(row, 2),
        .equals = "OPERATOR(" + postgres::quote(rows.text(row, 3)) + "." + rows.string(row, 4) + ")"};
    if (begins) {
      const auto first = std::ranges::find(table.columns, column.name, &TargetColumn::name);
      if (first != table.columns.end()) first->equals = column.equals;
    }
    if (!rows.boolean(row, 1)) continue;
    if (begins) table.keys.emplace_back();
    table.keys.back().push_back(column);
    if (rows.boolean(row, 5)) continue;
    if (begins) table.deferred.emplace_back();
    table.deferred.back().push_back(column);
  }
}

/// Executes a query that prepare_target_lookups() has prepared.
Result<postgres::Rows> look_up(postgres::StatementPipeline& target, const char* query,
                               const changes::Relation& relation) {
  return target.query(fmt::format("EXECUTE {}({}, {})", query, postgres::quote_literal(relation.schema),
                                  postgres::quote_literal(relation.name)),
                      {});
}

}  // namespace

Status prepare_target_lookups(postgres::StatementPipeline& target) {
  constexpr const char* kPrepare = "PREPARE {}(pg_catalog.name, pg_catalog.name) AS {}";
  for (const auto& [name, sql] :
       {std::pair(kColumnsOf, kColumns), std::pair(kIndexesOf, kIndexes), std::pair(kIsSinglyOf, kSingly)}) {
    const Result<postgres::Rows> prepared = target.query(fmt::format(fmt::runtime(kPrepare), name, sql), {});
    if (!prepared) return prepared.error().during("preparing to read tables of the target");
  }
  return {};
}

Result<TargetTable> read_target_table(postgres::StatementPipeline& target,
                                      const changes::Relation& relation) {
  const std::string name = shown(relation);
  const Result<postgres::Rows> columns = look_up(target, kColumnsOf, relation);
  if (!columns) return columns.error().during("reading the columns of " + name);
  if (columns->size() == 0) {
    Error missing{.code = ErrorCode::mismatch,
                  .message = "the source has changes of table " + name + ", which the target does not have",
                  .sqlstate = kUndefinedTable,
                  .hint = "create it on the target, or leave it out of the publication",
                  .object = name};
    return fail(std::move(missing));
  }
  TargetTable table;
  table.partitioned = columns->text(0, 0) == "p";
  for (int row = 0; row < columns->size() && !columns->is_null(row, 1); ++row) {
    table.columns.push_back({.name = columns->string(row, 1),
                             .type = columns->string(row, 2),
                             .type_oid = columns->oid(row, 3),
                             .modifier = static_cast<std::int32_t>(columns->integer(row, 4)),
                             .generated = columns->boolean(row, 5),
                             .always_identity = columns->boolean(row, 6),
                             .equals = {}});
  }
  const Result<postgres::Rows> indexes = look_up(target, kIndexesOf, relation);
  if (!indexes) return indexes.error().during("reading the indexes of " + name);
  add_indexes(*indexes, table);
  const Result<postgres::Rows> singly = look_up(target, kIsSinglyOf, relation);
  if (!singly) return singly.error().during("reading the triggers and constraints of " + name);
  table.singly = singly->boolean(0, 0);
  return table;
}

bool is_table_missing(const Error& error) {
  return error.code == ErrorCode::mismatch && error.sqlstate == kUndefinedTable;
}

}  // namespace pghaul::follow
