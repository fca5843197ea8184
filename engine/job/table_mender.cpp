#include "job/table_mender.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/record_schema.h"
#include "base/units.h"
#include "postgres/copy_in.h"
#include "postgres/copy_out.h"
#include "postgres/quote.h"
#include "postgres/sqlstate.h"
#include "rows/range_sql.h"
#include "rows/row_texts.h"
#include "rows/sample_bounds.h"
#include "rows/vanished.h"
#include "rows/vanished_numbers.h"
#include "tasks/copy_sql.h"
#include "verify/read_back.h"
#include "verify/row_digest.h"

namespace pghaul::job {
namespace {

constexpr std::size_t kPlacesAtOnce = 10'000;
constexpr std::uint64_t kRowsOfRange = 4096;  // whose keys are counted together
constexpr std::size_t kRangesAtOnce = 100;    // in one statement

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

std::string same_key(const rows::Key& key) {
  std::string same;
  for (const rows::Key::Column& column : key.columns) {
    const std::string name = postgres::quote(column.name);
    same += fmt::format("{}stored.{} = staged.{}", same.empty() ? "" : " AND ", name, name);
  }
  return same;
}

}  // namespace

Error written_meanwhile(const catalog::Relation& relation) {
  return {ErrorCode::server_error,
          "rows of " + shown(relation.name) + " on the target were written to by somebody else meanwhile",
          {},
          "stop what writes to the target, and run it again: pghaul sync --resume"};
}

TableMender::TableMender(const rows::ComparedTable& table, const catalog::Relation& target,
                         const std::vector<catalog::Column>& staged, crew::Worker& worker,
                         postgres::Connection& source, postgres::Connection& writer, std::size_t number)
    : table_(table),
      destination_(target),
      columns_(tasks::column_names(staged)),
      worker_(worker),
      source_(source),
      writer_(writer),
      staging_(fmt::format("pg_temp.pghaul_sync_{}", number)) {}

Status TableMender::begin(bool locks) {
  std::string tables;
  for (const rows::ComparedTable::Part& part : table_.parts) {
    tables += (tables.empty() ? "" : ", ") + std::string("ONLY ") + quoted(*part.relation);
  }
  const Status begun = writer_.execute(
      (locks ? "LOCK TABLE " + tables + " IN SHARE ROW EXCLUSIVE MODE;" : "") +
      fmt::format("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM ONLY {} WITH NO DATA",
                  staging_.substr(staging_.find('.') + 1), columns_, quoted(table_.first())));
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
  if (Status noted = note_gone(vanished); !noted) return noted;
  return stage_rows(wanted);
}

Status TableMender::note_gone(const std::vector<rows::Locator>& places) {
  return in_portions(
      places, table_,
      [&](const catalog::Relation& relation, const auto& portion, catalog::Place place) -> Status {
        const Status noted = writer_.execute(
            fmt::format("INSERT INTO pg_temp.pghaul_gone SELECT {}, pg_catalog.unnest('{}'::tid[])", place,
                        rows::ctids_of(portion, place)));
        if (!noted) return noted.error().during("finding rows of " + shown(relation.name));
        return {};
      });
}

Status TableMender::stage_rows(const std::vector<rows::Locator>& places) {
  return in_portions(
      places, table_,
      [&](const catalog::Relation& relation, const auto& portion, catalog::Place place) -> Status {
        const std::int64_t before = staged_;
        const Result<verify::Digest> staged =
            stage(relation, fmt::format("ctid = ANY ('{}'::tid[])", rows::ctids_of(portion, place)));
        if (!staged) return fail(staged.error());
        if (staged_ - before == static_cast<std::int64_t>(portion.size())) return {};
        return fail(ErrorCode::internal,
                    "the source gave other rows than it was asked for: rows of " + shown(relation.name));
      });
}

/// Copies the source's rows for which the condition holds into the staging table.
Result<verify::Digest> TableMender::stage(const catalog::Relation& relation, const std::string& condition,
                                          const std::function<Status()>& meanwhile) {
  const std::string what = "rows of " + shown(relation.name);
  const char* const format = postgres::copy_format_name(table_.format);
  Result<postgres::CopyOut> rows =
      postgres::CopyOut::begin(source_,
                               fmt::format("COPY (SELECT {} FROM ONLY {} WHERE {}) TO STDOUT (FORMAT {})",
                                           columns_, quoted(relation), condition, format),
                               table_.format, what);
  if (!rows) return fail(rows.error());
  if (meanwhile) {
    if (const Status done = meanwhile(); !done) return fail(done.error());
  }
  Result<postgres::CopyIn> staging = postgres::CopyIn::begin(
      writer_, fmt::format("COPY {} FROM STDIN (FORMAT {})", staging_, format), table_.format, what);
  if (!staging) return fail(staging.error());
  verify::RowDigest tap;
  if (const Status moved = worker_.lane().run(*rows, *staging, tap); !moved) return fail(moved.error());
  staged_ += staging->rows_stored();
  return tap.digest();
}

Status TableMender::delete_rows() {
  for (const rows::ComparedTable::Part& part : table_.parts) {
    const Result<postgres::Rows> deleted =
        writer_.query(fmt::format("DELETE FROM ONLY {} WHERE ctid = ANY (ARRAY("
                                  "SELECT place FROM pg_temp.pghaul_gone WHERE part = {}))",
                                  quoted(*part.relation), part.place));
    if (!deleted && deleted.error().sqlstate == postgres::kSerializationFailure)
      return fail(written_meanwhile(*part.relation));
    if (!deleted) return deleted.error().during("deleting rows of " + shown(part.relation->name));
    const Result<postgres::Rows> wanted = writer_.query(
        fmt::format("SELECT pg_catalog.count(*) FROM pg_temp.pghaul_gone WHERE part = {}", part.place));
    if (!wanted) return fail(wanted.error());
    if (deleted->affected() != wanted->integer(0, 0)) return fail(written_meanwhile(*part.relation));
  }
  return {};
}

Result<verify::Digest> TableMender::stage_where(const std::string& condition,
                                                const std::function<Status()>& meanwhile) {
  Result<verify::Digest> staged = stage(table_.first(), condition, meanwhile);
  if (staged) sent_ = *staged;
  return staged;
}

Result<std::uint64_t> TableMender::note_replaced() {
  return staged_ == 0 ? 0 : note_gone_with_keys_of(staging_, static_cast<std::uint64_t>(staged_));
}

/// Notes the places of rows that have the keys of a temporary table of `count` rows, and returns how many do.
///
/// Few are looked up one by one in the key's index, where a server would rather read the whole table: the
/// pages on which they lie are needed anyway.
Result<std::uint64_t> TableMender::note_gone_with_keys_of(const std::string& temporary, std::uint64_t count) {
  const bool few = count < table_.first().heap_pages;
  const Status planned = writer_.execute(
      few ? "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off" : "ANALYZE " + temporary);
  if (!planned) return fail(planned.error());
  const Result<postgres::Rows> noted = writer_.query(fmt::format(
      "INSERT INTO pg_temp.pghaul_gone SELECT {}, stored.ctid FROM ONLY {} AS stored JOIN {} AS staged"
      " ON {}",
      table_.parts.front().place, quoted(table_.first()), temporary, same_key(table_.key)));
  if (!noted) return noted.error().during("finding rows of " + shown(table_.first().name));
  const Status reset =
      writer_.execute("SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT");
  if (!reset) return fail(reset.error());
  return static_cast<std::uint64_t>(noted->affected());
}

Status TableMender::note_vanished(postgres::Connection& target, std::uint64_t count, std::uint64_t of) {
  if (count == 0) return {};
  const catalog::Relation& relation = table_.first();
  const std::string what = "keys of " + shown(relation.name);
  const Result<std::optional<rows::Numbers>> dense = rows::dense_keys(target, table_, of);
  if (!dense) return fail(dense.error());
  std::vector<rows::Range> ranges{rows::Range{}};
  if (!*dense && count < of / (2 * kRowsOfRange)) {  // so that most ranges have none
    Result<std::vector<rows::Range>> some = ranges_with_vanished(target, of);
    if (!some) return fail(some.error());
    ranges = std::move(*some);
  }
  const std::string keys = staging_ + "_vanished";
  const Status created = writer_.execute(
      fmt::format("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM ONLY {} WITH NO DATA",
                  keys.substr(keys.find('.') + 1), rows::names_sql(table_.key), quoted(relation)));
  if (!created) return fail(created.error());
  Result<postgres::CopyIn> staging = postgres::CopyIn::begin(
      writer_, fmt::format("COPY {} FROM STDIN (FORMAT binary)", keys), postgres::CopyFormat::binary, what);
  if (!staging) return fail(staging.error());
  const Result<std::uint64_t> found =
      *dense ? rows::find_vanished_numbers(source_, target, table_, **dense, *staging)
             : rows::find_vanished(source_, target, table_, ranges, *staging);
  if (!found) return fail(found.error());
  if (const Status staged = staging->finish(); !staged) return staged;
  const Result<std::uint64_t> noted = note_gone_with_keys_of(keys, count);
  if (!noted) return fail(noted.error());
  if (*found == count && *noted == count) return {};
  return fail(ErrorCode::server_error,
              fmt::format("{} rows of {} should have vanished by their number, and {} have by their keys",
                          count, shown(relation.name), *found),
              std::string("have all rows compared: DROP SCHEMA ") + kRecordSchema + " CASCADE on the target");
}

/// Counts both sides' rows by ranges of the key. What the target will hold has all of the source's keys, so
/// equal numbers mean equal keys.
Result<std::vector<rows::Range>> TableMender::ranges_with_vanished(postgres::Connection& target,
                                                                   std::uint64_t of) {
  const Result<rows::Buckets> buckets =
      rows::sample_buckets(target, table_.first(), table_.key, of / kRowsOfRange);
  if (!buckets) return fail(buckets.error());
  const Status indexed =
      writer_.execute(fmt::format("CREATE INDEX ON {} ({})", staging_, rows::names_sql(table_.key)));
  if (!indexed) return fail(indexed.error());
  const std::string same = same_key(table_.key);
  const std::string added = fmt::format(
      "(SELECT staged.* FROM {} AS staged WHERE NOT EXISTS (SELECT FROM ONLY {} AS stored WHERE {})) AS "
      "added",
      staging_, quoted(table_.first()), same);
  std::vector<rows::Range> different;
  for (std::size_t first = 0; first < buckets->size(); first += kRangesAtOnce) {
    std::vector<rows::Range> ranges;
    for (std::size_t i = first; i < std::min(buckets->size(), first + kRangesAtOnce); ++i)
      ranges.push_back(buckets->range(i));
    const std::string table = "ONLY " + quoted(table_.first());
    const Result<std::vector<std::uint64_t>> here = this->count(source_, table, ranges);
    if (!here) return fail(here.error());
    const Result<std::vector<std::uint64_t>> there = this->count(target, table, ranges);
    if (!there) return fail(there.error());
    const Result<std::vector<std::uint64_t>> more = this->count(writer_, added, ranges);
    if (!more) return fail(more.error());
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      if ((*here)[i] != (*there)[i] + (*more)[i]) different.push_back(ranges[i]);
    }
  }
  return different;
}

Result<std::vector<std::uint64_t>> TableMender::count(postgres::Connection& server, const std::string& table,
                                                      const std::vector<rows::Range>& ranges) {
  const Result<postgres::Rows> rows = server.query(rows::count_ranges_sql(table, table_.key, ranges));
  if (!rows) return rows.error().during("counting rows of " + shown(table_.first().name));
  std::vector<std::uint64_t> counts;
  for (std::size_t i = 0; i < ranges.size(); ++i)
    counts.push_back(static_cast<std::uint64_t>(rows->integer(0, static_cast<int>(i))));
  return counts;
}

Status TableMender::insert_rows() {
  const Result<std::uint64_t> stored = store();
  if (!stored) return stored.error().during("inserting rows into " + shown(destination_.name));
  if (*stored == static_cast<std::uint64_t>(staged_)) return {};
  return fail(
      ErrorCode::server_error,
      fmt::format("the target stored {} of {} rows of {}", *stored, staged_, shown(destination_.name)),
      "does an extension on the target drop rows?");
}

/// Returns how many rows the target has stored.
Result<std::uint64_t> TableMender::store() {
  const std::string columns = tasks::column_names(rows::copied_columns(table_.first()));
  const std::string insert =
      fmt::format("INSERT INTO {}{} OVERRIDING SYSTEM VALUE SELECT {} FROM {}", quoted(destination_),
                  columns.empty() ? "" : " (" + columns + ")", columns, staging_);
  if (!sent_) {
    const Result<postgres::Rows> inserted = writer_.query(insert);
    if (!inserted) return fail(inserted.error());
    return static_cast<std::uint64_t>(inserted->affected());
  }
  Result<postgres::CopyOut> rows =
      postgres::CopyOut::begin(writer_,
                               fmt::format("COPY ({} RETURNING {}) TO STDOUT (FORMAT {})", insert, columns_,
                                           postgres::copy_format_name(table_.format)),
                               table_.format, "rows of " + shown(destination_.name));
  if (!rows) return fail(rows.error());
  pipeline::Chunk buffer(256_KiB);
  const Result<verify::Digest> stored = verify::read_back(*rows, buffer);
  if (!stored) return fail(stored.error());
  if (stored->rows != sent_->rows || *stored == *sent_) return stored->rows;
  return fail(
      ErrorCode::mismatch, "rows of " + shown(destination_.name) + " are not stored as they were sent",
      "does an extension on the target change rows, or a function of a generated column give other values "
      "there?");
}

std::vector<catalog::Name> TableMender::written() const {
  std::vector<catalog::Name> names{destination_.name};
  for (const rows::ComparedTable::Part& part : table_.parts) {
    if (part.relation->name != destination_.name) names.push_back(part.relation->name);
  }
  return names;
}

}  // namespace pghaul::job
