#include "job/table_mender.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
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

/// Keeps keys until they are some megabytes, so that whoever finds them need not wait for who is writing.
class GatheredKeys : public pipeline::Sink {
 public:
  using Stage = std::function<Status(const pipeline::Chunk&)>;

  /// `stage`: is called while `writing` is held.
  GatheredKeys(std::mutex& writing, Stage stage) : writing_(writing), stage_(std::move(stage)) {}

  Status drain(const pipeline::Chunk& chunk) override {
    for (std::size_t i = 0; i < chunk.rows(); ++i) {
      if (!keys_.has_room_for(chunk.row(i).size())) {
        if (Status staged = finish(); !staged) return staged;
      }
      keys_.append(chunk.row(i));
    }
    return {};
  }
  Status finish() override {
    if (keys_.empty()) return {};
    const std::lock_guard lock(writing_);
    Status staged = stage_(keys_);
    keys_.clear();
    return staged;
  }
  void abandon(const std::string&) noexcept override { keys_.clear(); }
  void cancel() noexcept override {}

 private:
  std::mutex& writing_;
  Stage stage_;
  pipeline::Chunk keys_{4_MiB};
};

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
                         const std::vector<catalog::Column>& staged, std::size_t number)
    : table_(table),
      destination_(target),
      columns_(tasks::column_names(staged)),
      staging_(fmt::format("pghaul_sync_{}", number)),
      gone_(staging_ + "_gone"),
      vanished_(staging_ + "_vanished") {}

Status TableMender::begin(postgres::Connection& writer, bool locks) {
  writer_ = &writer;
  std::string tables;
  for (const rows::ComparedTable::Part& part : table_.parts) {
    tables += (tables.empty() ? "" : ", ") + std::string("ONLY ") + quoted(*part.relation);
  }
  const Status begun = writer_->execute(
      (locks ? "LOCK TABLE " + tables + " IN SHARE ROW EXCLUSIVE MODE;" : "") +
      fmt::format("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM ONLY {} WITH NO DATA;"
                  "CREATE TEMPORARY TABLE {} (part bigint, place tid) ON COMMIT DROP",
                  staging_, columns_, quoted(table_.first()), gone_));
  if (!begun) return begun.error().during("locking " + shown(destination_.name) + " on the target");
  if (!table_.key.by_range) return {};
  const Result<postgres::Rows> guards = writer_->query(fmt::format(
      "SELECT pg_catalog.count(*) FROM pg_catalog.pg_index WHERE indrelid = {}::pg_catalog.regclass"
      " AND (indisunique OR indisexclusion)",
      postgres::quote_literal(quoted(table_.first()))));
  if (!guards) return guards.error().during("looking at the indexes of " + shown(destination_.name));
  only_key_is_unique_ = guards->integer(0, 0) == 1;
  return {};
}

Status TableMender::take(const std::vector<rows::Difference>& differences, const Reader& reader) {
  std::vector<rows::Locator> gone;
  std::vector<rows::Locator> wanted;
  for (const rows::Difference& one : differences) {
    if (one.kind != rows::Difference::Kind::missing) gone.push_back(one.target);
    if (one.kind != rows::Difference::Kind::extra) wanted.push_back(one.source);
  }
  if (Status noted = note_gone(gone); !noted) return noted;
  return stage_rows(wanted, reader);
}

Status TableMender::note_gone(const std::vector<rows::Locator>& places) {
  return in_portions(
      places, table_,
      [&](const catalog::Relation& relation, const auto& portion, catalog::Place place) -> Status {
        const Status noted =
            writer_->execute(fmt::format("INSERT INTO pg_temp.{} SELECT {}, pg_catalog.unnest('{}'::tid[])",
                                         gone_, place, rows::ctids_of(portion, place)));
        if (!noted) return noted.error().during("finding rows of " + shown(relation.name));
        places_[place] += static_cast<std::int64_t>(portion.size());
        return {};
      });
}

Status TableMender::stage_rows(const std::vector<rows::Locator>& places, const Reader& reader) {
  return in_portions(
      places, table_,
      [&](const catalog::Relation& relation, const auto& portion, catalog::Place place) -> Status {
        Result<postgres::CopyOut> rows = read(
            reader.source, relation, fmt::format("ctid = ANY ('{}'::tid[])", rows::ctids_of(portion, place)));
        if (!rows) return fail(rows.error());
        const std::int64_t before = staged_;
        const Result<verify::Digest> moved = move(*rows, relation, reader.worker);
        if (!moved) return fail(moved.error());
        if (staged_ - before == static_cast<std::int64_t>(portion.size())) return {};
        return fail(ErrorCode::internal,
                    "the source gave other rows than it was asked for: rows of " + shown(relation.name));
      });
}

Result<postgres::CopyOut> TableMender::read_where(postgres::Connection& source,
                                                  const std::string& condition) const {
  return read(source, table_.first(), condition);
}

Result<postgres::CopyOut> TableMender::read(postgres::Connection& source, const catalog::Relation& relation,
                                            const std::string& condition) const {
  return postgres::CopyOut::begin(
      source,
      fmt::format("COPY (SELECT {} FROM ONLY {} WHERE {}) TO STDOUT (FORMAT {})", columns_, quoted(relation),
                  condition, postgres::copy_format_name(table_.format)),
      table_.format, "rows of " + shown(relation.name));
}

Status TableMender::stage(postgres::CopyOut& rows, crew::Worker& worker) {
  const Result<verify::Digest> moved = move(rows, table_.first(), worker);
  if (!moved) return fail(moved.error());
  sent_ += *moved;
  compares_stored_ = true;
  return {};
}

/// Moves the source's rows into the staging table.
Result<verify::Digest> TableMender::move(postgres::CopyOut& rows, const catalog::Relation& relation,
                                         crew::Worker& worker) {
  Result<postgres::CopyIn> staging =
      postgres::CopyIn::begin(*writer_,
                              fmt::format("COPY pg_temp.{} FROM STDIN (FORMAT {})", staging_,
                                          postgres::copy_format_name(table_.format)),
                              table_.format, "rows of " + shown(relation.name));
  if (!staging) return fail(staging.error());
  verify::RowDigest tap;
  if (const Status moved = worker.lane().run(rows, *staging, tap); !moved) return fail(moved.error());
  staged_ += staging->rows_stored();
  return tap.digest();
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
  const Status planned =
      writer_->execute(few ? "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
                           : "ANALYZE pg_temp." + temporary);
  if (!planned) return fail(planned.error());
  const Result<postgres::Rows> noted = writer_->query(fmt::format(
      "INSERT INTO pg_temp.{} SELECT {}, stored.ctid FROM ONLY {} AS stored JOIN pg_temp.{} AS staged ON {}",
      gone_, table_.parts.front().place, quoted(table_.first()), temporary, same_key(table_.key)));
  if (!noted) return noted.error().during("finding rows of " + shown(table_.first().name));
  const Status reset =
      writer_->execute("SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT");
  if (!reset) return fail(reset.error());
  places_[table_.parts.front().place] += noted->affected();
  return static_cast<std::uint64_t>(noted->affected());
}

Result<std::vector<TableMender::KeyShare>> TableMender::divide_keys(postgres::Connection& source,
                                                                    postgres::Connection& target,
                                                                    std::uint64_t count, std::uint64_t of,
                                                                    std::size_t most) {
  std::vector<KeyShare> shares;
  if (count == 0) return shares;
  const Status created = writer_->execute(
      fmt::format("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM ONLY {} WITH NO DATA",
                  vanished_, rows::names_sql(table_.key), quoted(table_.first())));
  if (!created) return fail(created.error());
  const Result<std::optional<rows::Numbers>> dense = rows::dense_keys(target, table_, of);
  if (!dense) return fail(dense.error());
  if (*dense) {
    for (const rows::Numbers& numbers : rows::parts_of(**dense, (*dense)->width() / most + 1))
      shares.push_back({.numbers = numbers, .ranges = {}});
    return shares;
  }
  const Result<rows::Buckets> buckets =
      rows::sample_buckets(target, table_.first(), table_.key, std::max<std::uint64_t>(of / kRowsOfRange, 1));
  if (!buckets) return fail(buckets.error());
  std::vector<rows::Range> ranges;
  if (count < of / (2 * kRowsOfRange)) {  // so that most ranges have none
    Result<std::vector<rows::Range>> some = with_vanished(source, target, *buckets);
    if (!some) return fail(some.error());
    ranges = std::move(*some);
  } else {
    for (std::size_t i = 0; i < buckets->size(); ++i) ranges.push_back(buckets->range(i));
  }
  for (std::vector<rows::Range>& some : rows::slices(ranges, most))
    shares.push_back({.numbers = {}, .ranges = std::move(some)});
  return shares;
}

Status TableMender::find_vanished(postgres::Connection& source, postgres::Connection& target,
                                  const KeyShare& share, std::mutex& writing) {
  GatheredKeys keys(writing, [&](const pipeline::Chunk& some) -> Status {
    Result<postgres::CopyIn> staging = postgres::CopyIn::begin(
        *writer_, fmt::format("COPY pg_temp.{} FROM STDIN (FORMAT binary)", vanished_),
        postgres::CopyFormat::binary, "keys of " + shown(table_.first().name));
    if (!staging) return fail(staging.error());
    if (Status drained = staging->drain(some); !drained) return drained;
    vanished_keys_ += some.rows();
    return staging->finish();
  });
  const Result<std::uint64_t> found =
      share.numbers ? rows::find_vanished_numbers(source, target, table_, *share.numbers, keys)
                    : rows::find_vanished(source, target, table_, share.ranges, keys);
  if (!found) return fail(found.error());
  return keys.finish();
}

Status TableMender::note_vanished(std::uint64_t count) {
  if (count == 0) return {};
  const Result<std::uint64_t> noted = note_gone_with_keys_of(vanished_, count);
  if (!noted) return fail(noted.error());
  if (vanished_keys_ == count && *noted == count) return {};
  return fail(ErrorCode::server_error,
              fmt::format("{} rows of {} should have vanished by their number, and {} have by their keys",
                          count, shown(table_.first().name), vanished_keys_),
              std::string("have all rows compared: DROP SCHEMA ") + kRecordSchema + " CASCADE on the target");
}

/// Counts both sides' rows by ranges of the key. What the target will hold has all of the source's keys, so
/// equal numbers mean equal keys.
Result<std::vector<rows::Range>> TableMender::with_vanished(postgres::Connection& source,
                                                            postgres::Connection& target,
                                                            const rows::Buckets& buckets) {
  const Status indexed =
      writer_->execute(fmt::format("CREATE INDEX ON pg_temp.{} ({})", staging_, rows::names_sql(table_.key)));
  if (!indexed) return fail(indexed.error());
  const std::string same = same_key(table_.key);
  const std::string added = fmt::format(
      "(SELECT staged.* FROM pg_temp.{} AS staged WHERE NOT EXISTS (SELECT FROM ONLY {} AS stored WHERE {}))"
      " AS added",
      staging_, quoted(table_.first()), same);
  std::vector<rows::Range> different;
  for (std::size_t first = 0; first < buckets.size(); first += kRangesAtOnce) {
    std::vector<rows::Range> ranges;
    for (std::size_t i = first; i < std::min(buckets.size(), first + kRangesAtOnce); ++i)
      ranges.push_back(buckets.range(i));
    const std::string table = "ONLY " + quoted(table_.first());
    const Result<std::vector<std::uint64_t>> here = this->count(source, table, ranges);
    if (!here) return fail(here.error());
    const Result<std::vector<std::uint64_t>> there = this->count(target, table, ranges);
    if (!there) return fail(there.error());
    const Result<std::vector<std::uint64_t>> more = this->count(*writer_, added, ranges);
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

Status TableMender::write_found() {
  if (Status deleted = delete_rows(); !deleted) return deleted;
  return only_key_is_unique_ ? insert_rows() : Status{};
}

Status TableMender::delete_rows() {
  if (places_.empty()) return {};
  for (const rows::ComparedTable::Part& part : table_.parts) {
    const auto wanted = places_.find(part.place);
    if (wanted == places_.end()) continue;
    const Result<postgres::Rows> deleted = writer_->query(fmt::format(
        "DELETE FROM ONLY {} WHERE ctid = ANY (ARRAY(SELECT place FROM pg_temp.{} WHERE part = {}))",
        quoted(*part.relation), gone_, part.place));
    if (!deleted && deleted.error().sqlstate == postgres::kSerializationFailure)
      return fail(written_meanwhile(*part.relation));
    if (!deleted) return deleted.error().during("deleting rows of " + shown(part.relation->name));
    if (deleted->affected() != wanted->second) return fail(written_meanwhile(*part.relation));
  }
  places_.clear();
  return empty(gone_);
}

Status TableMender::insert_rows() {
  if (staged_ == 0) return {};
  const Result<std::uint64_t> stored = store();
  if (!stored) return stored.error().during("inserting rows into " + shown(destination_.name));
  if (*stored != static_cast<std::uint64_t>(staged_)) {
    return fail(
        ErrorCode::server_error,
        fmt::format("the target stored {} of {} rows of {}", *stored, staged_, shown(destination_.name)),
        "does an extension on the target drop rows?");
  }
  staged_ = 0;
  return empty(staging_);
}

Status TableMender::empty(const std::string& temporary) {
  return writer_->execute("TRUNCATE pg_temp." + temporary);
}

/// Returns how many rows the target has stored.
Result<std::uint64_t> TableMender::store() {
  const std::string columns = tasks::column_names(rows::copied_columns(table_.first()));
  const std::string insert =
      fmt::format("INSERT INTO {}{} OVERRIDING SYSTEM VALUE SELECT {} FROM pg_temp.{}", quoted(destination_),
                  columns.empty() ? "" : " (" + columns + ")", columns, staging_);
  if (!compares_stored_) {
    const Result<postgres::Rows> inserted = writer_->query(insert);
    if (!inserted) return fail(inserted.error());
    return static_cast<std::uint64_t>(inserted->affected());
  }
  Result<postgres::CopyOut> rows =
      postgres::CopyOut::begin(*writer_,
                               fmt::format("COPY ({} RETURNING {}) TO STDOUT (FORMAT {})", insert, columns_,
                                           postgres::copy_format_name(table_.format)),
                               table_.format, "rows of " + shown(destination_.name));
  if (!rows) return fail(rows.error());
  pipeline::Chunk buffer(256_KiB);
  const Result<verify::Digest> stored = verify::read_back(*rows, buffer);
  if (!stored) return fail(stored.error());
  if (stored->rows != sent_.rows || *stored == sent_) return stored->rows;
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
