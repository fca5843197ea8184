#include "journal/copy_record.h"

#include <fmt/format.h>

#include <iterator>
#include <sstream>

#include "base/record_schema.h"
#include "postgres/quote.h"
#include "postgres/session_settings.h"
#include "postgres/transaction.h"

namespace pghaul::journal {
namespace {

using postgres::History;
using postgres::quote;
using postgres::quote_literal;

constexpr int kFormat = 4;
constexpr const char* kHistoryColumns =
    "server text, timeline text, database text, started text, standby boolean, durable boolean, \"xmin of "
    "snapshot\" bigint,"
    " \"xmax of snapshot\" bigint, position text";

std::string values_of(const History& one) {
  return fmt::format("{}, {}, {}, {}, {}, {}, {}, {}, {}", quote_literal(one.server),
                     quote_literal(one.timeline), quote_literal(one.database), quote_literal(one.started),
                     one.standby, one.durable, one.xmin, one.xmax, quote_literal(lsn_text(one.position)));
}

History history_in(const postgres::Rows& rows, int row) {
  return {.server = rows.string(row, 1),
          .timeline = rows.string(row, 2),
          .database = rows.string(row, 3),
          .started = rows.string(row, 4),
          .standby = rows.boolean(row, 5),
          .durable = rows.boolean(row, 6),
          .xmin = static_cast<std::uint64_t>(rows.integer(row, 7)),
          .xmax = static_cast<std::uint64_t>(rows.integer(row, 8)),
          .position = parse_lsn(rows.text(row, 9)).value_or(Lsn{})};
}

std::string values_of(const std::vector<CopyRecord::Table>& tables) {
  std::string values;
  for (const CopyRecord::Table& one : tables) {
    fmt::format_to(std::back_inserter(values), "{}({}, {}, {}, {}, {}, {}, {}, {}, '{{{}}}')",
                   values.empty() ? "" : ", ", one.oid, quote_literal(one.name.schema), quote_literal(one.name.name),
                   quote_literal(one.definition), one.target_oid, quote_literal(one.target_definition),
                   one.rows, one.target_xmin, fmt::join(one.target_writers, ","));
  }
  return values;
}

}  // namespace

Result<std::optional<CopyRecord>> find_copy_record(postgres::Connection& target) {
  const std::string moments = quote(kRecordSchema, "moments");
  const Result<postgres::Rows> there = target.query(
      std::string("SELECT pg_catalog.has_schema_privilege(oid, 'USAGE') FROM pg_catalog.pg_namespace"
                  " WHERE nspname = '") +
      kRecordSchema + "'");
  if (!there) return there.error().during("looking for the record of the copy in the target");
  if (there->size() == 0) return std::nullopt;
  if (!there->boolean(0, 0)) {
    return fail(ErrorCode::refused,
                "the role may not read the record of the copy, which another role has kept",
                "connect to the target as that role, or leave --keep-record out");
  }
  const Result<postgres::Rows> format = target.query("SELECT pg_catalog.min(format) FROM " + moments);
  if (!format) return format.error().during("reading the record of the copy in the target");
  if (format->is_null(0, 0) || format->integer(0, 0) != kFormat) {
    return fail(ErrorCode::refused, std::string("this pghaul can't read the record in schema ") + kRecordSchema,
                std::string("remove it, so that all rows are compared: DROP SCHEMA ") + kRecordSchema + " CASCADE");
  }
  const Result<std::vector<postgres::Rows>> rows = target.query_all(
      {"SELECT side, server, timeline, database, started, standby, durable, \"xmin of snapshot\", "
       "\"xmax of snapshot\", position FROM " +
           moments + " ORDER BY side",
       "SELECT oid, schema, name, definition, target_oid, target_definition, rows, target_xmin, "
       "pg_catalog.array_to_string(target_writers, ' ') FROM " +
           quote(kRecordSchema, "tables")});
  if (!rows) return rows.error().during("reading the record of the copy in the target");
  const postgres::Rows& sides = rows->front();
  if (sides.size() != 2) return fail(ErrorCode::refused, "the record of the copy in the target is damaged");
  CopyRecord record{.source = history_in(sides, 0), .target = history_in(sides, 1), .tables = {}};
  const postgres::Rows& tables = rows->back();
  for (int row = 0; row < tables.size(); ++row) {
    record.tables.push_back({.name = {tables.string(row, 1), tables.string(row, 2)},
                             .oid = tables.oid(row, 0),
                             .definition = tables.string(row, 3),
                             .target_oid = tables.oid(row, 4),
                             .target_definition = tables.string(row, 5),
                             .rows = static_cast<std::uint64_t>(tables.integer(row, 6)),
                             .target_xmin = static_cast<std::uint64_t>(tables.integer(row, 7))});
    std::istringstream writers(tables.string(row, 8));
    for (std::uint64_t writer = 0; writers >> writer;) record.tables.back().target_writers.push_back(writer);
  }
  return record;
}

Status keep_copy_record(postgres::Connection& target, const CopyRecord& record) {
  const std::string schema = quote(kRecordSchema);
  const std::string moments = quote(kRecordSchema, "moments");
  const std::string tables = quote(kRecordSchema, "tables");
  postgres::Transaction keeping = postgres::Transaction::begin(target);
  target.send_ahead(postgres::kCommitAsConfigured);
  std::string sql = fmt::format(
      "DROP SCHEMA IF EXISTS {0} CASCADE; CREATE SCHEMA {0};"
      "COMMENT ON SCHEMA {0} IS 'record of a pghaul copy, by which pghaul sync asks what has changed since;"
      " it may be dropped';"
      "CREATE TABLE {1} (side text PRIMARY KEY, {3}, format int);"
      "CREATE TABLE {2} (oid oid PRIMARY KEY, schema text, name text, definition text,"
      " target_oid oid, target_definition text, rows bigint, target_xmin bigint, target_writers bigint[]);"
      "INSERT INTO {1} VALUES ('source', {4}, {6}), ('target', {5}, {6})",
      schema, moments, tables, kHistoryColumns, values_of(record.source), values_of(record.target), kFormat);
  if (!record.tables.empty())
    sql += fmt::format(";INSERT INTO {} VALUES {}", tables, values_of(record.tables));
  const Status kept = keeping.commit(sql);
  if (!kept) return kept.error().during("keeping a record of the copy in the target");
  return {};
}

}  // namespace pghaul::journal
