#include "job/table_mender.h"

#include <fmt/format.h>

#include "postgres/copy_in.h"
#include "postgres/copy_out.h"
#include "postgres/quote.h"
#include "rows/row_texts.h"
#include "tasks/copy_sql.h"
#include "verify/row_digest.h"

namespace pghaul::job {
namespace {

constexpr std::size_t kPlacesAtOnce = 10'000;

std::string quoted(const catalog::Relation& relation) {
  return postgres::quote(relation.name.schema, relation.name.name);
}

/// Calls `each` with some of the places at a time, all in one table.
template <typename Each>
Status in_portions(const std::vector<rows::Locator>& places, const rows::ComparedTable& table, Each each) {
  for (const rows::ComparedTable::Part& part : table.parts) {
    std::vector<rows::Locator> portion;
    for (const rows::Locator& place : places) {
      if (place.relation != part.place) continue;
      portion.push_back(place);
      if (portion.size() < kPlacesAtOnce) continue;
      if (Status done = each(*part.relation, portion, part.place); !done) return done;
      portion.clear();
    }
    if (portion.empty()) continue;
    if (Status done = each(*part.relation, portion, part.place); !done) return done;
  }
  return {};
}

}  // namespace

Status TableMender::begin(const crew::Worker::Endpoints& ends) {
  Result<postgres::Connection> opened =
      postgres::Connection::open(ends.target, postgres::Side::target, ends.encoding, ends.stop);
  if (!opened) return fail(opened.error());
  writer_.emplace(std::move(*opened));
  cancel_on_stop_.emplace(ends.stop, *writer_);
  writing_.emplace(postgres::Transaction::begin(*writer_));
  std::string tables;
  for (const rows::ComparedTable::Part& part : table_.parts) {
    tables += (tables.empty() ? "" : ", ") + std::string("ONLY ") + quoted(*part.relation);
  }
  const std::string columns = tasks::column_names(rows::copied_columns(table_.first()));
  const Status begun = writer_->execute(
      fmt::format("SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = '60s';"
                  " LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE;"
                  " CREATE TEMPORARY TABLE pghaul_sync ON COMMIT DROP AS SELECT {} FROM ONLY {} WITH NO DATA",
                  tables, columns, quoted(table_.first())));
  if (!begun) return begun.error().during("locking " + shown(destination_.name) + " on the target");
  return {};
}

Status TableMender::take(const std::vector<rows::Difference>& differences) {
  std::vector<rows::Locator> vanished;
  std::vector<rows::Locator> wanted;
  for (const rows::Difference& one : differences) {
    if (one.kind != rows::Difference::Kind::missing) vanished.push_back(one.target);
    if (one.kind != rows::Difference::Kind::extra) wanted.push_back(one.source);
  }
  if (Status deleted = delete_rows(vanished); !deleted) return deleted;
  return stage_rows(wanted);
}

Status TableMender::delete_rows(const std::vector<rows::Locator>& places) {
  return in_portions(
      places, table_,
      [&](const catalog::Relation& relation, const auto& portion, catalog::Place place) -> Status {
        const Result<postgres::Rows> deleted =
            writer_->query(fmt::format("DELETE FROM ONLY {} WHERE ctid = ANY ('{}'::tid[])", quoted(relation),
                                       rows::ctids_of(portion, place)));
        if (!deleted) return deleted.error().during("deleting rows of " + shown(relation.name));
        if (deleted->affected() == static_cast<std::int64_t>(portion.size())) return {};
        return fail(
            ErrorCode::server_error,
            "rows of " + shown(relation.name) + " on the target were written to by somebody else meanwhile",
            "stop what writes to the target, and run it again: pghaul sync --resume");
      });
}

Status TableMender::stage_rows(const std::vector<rows::Locator>& places) {
  return in_portions(
      places, table_,
      [&](const catalog::Relation& relation, const auto& portion, catalog::Place place) -> Status {
        const std::string what = "rows of " + shown(relation.name);
        const char* const format = postgres::copy_format_name(table_.format);
        Result<postgres::CopyOut> rows = postgres::CopyOut::begin(
            source_,
            fmt::format("COPY (SELECT {} FROM ONLY {} WHERE ctid = ANY ('{}'::tid[])) TO STDOUT (FORMAT {})",
                        tasks::column_names(rows::copied_columns(relation)), quoted(relation),
                        rows::ctids_of(portion, place), format),
            table_.format, what);
        if (!rows) return fail(rows.error());
        Result<postgres::CopyIn> staging = postgres::CopyIn::begin(
            *writer_, fmt::format("COPY pg_temp.pghaul_sync FROM STDIN (FORMAT {})", format), table_.format,
            what);
        if (!staging) return fail(staging.error());
        verify::RowDigest tap;
        if (const Status moved = worker_.lane().run(*rows, *staging, tap); !moved) return moved;
        staged_ += staging->rows_stored();
        if (staging->rows_stored() == static_cast<std::int64_t>(portion.size())) return {};
        return fail(ErrorCode::internal, "the source gave other rows than it was asked for: " + what);
      });
}

Status TableMender::commit() {
  const std::string columns = tasks::column_names(rows::copied_columns(table_.first()));
  const Result<postgres::Rows> inserted = writer_->query(
      fmt::format("INSERT INTO {}{} OVERRIDING SYSTEM VALUE SELECT {} FROM pg_temp.pghaul_sync",
                  quoted(destination_), columns.empty() ? "" : " (" + columns + ")", columns));
  const std::string doing = "inserting rows into " + shown(destination_.name);
  if (!inserted) return inserted.error().during(doing);
  if (inserted->affected() != staged_) {
    return fail(ErrorCode::server_error,
                fmt::format("the target stored {} of {} rows of {}", inserted->affected(), staged_,
                            shown(destination_.name)),
                "does an extension on the target drop rows?");
  }
  if (const Status committed = writing_->commit(); !committed) return committed.error().during(doing);
  return {};
}

}  // namespace pghaul::job
