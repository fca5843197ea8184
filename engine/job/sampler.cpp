#include "job/sampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/units.h"
#include "job/copy_sql.h"
#include "job/sample_table.h"
#include "postgres/copy_in.h"
#include "postgres/copy_out.h"
#include "postgres/quote.h"
#include "verify/read_back.h"
#include "verify/row_digest.h"

namespace pghaul::job {
namespace {

constexpr int kRepeats = 15;

double seconds_since(Sampler::Clock::time_point start) {
  return std::chrono::duration<double>(Sampler::Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// Evenly spread over the table; the whole of a small one.
std::vector<plan::PageRange> pieces_of(const catalog::Relation& relation) {
  const std::int64_t bytes = relation.heap_bytes + relation.toast_bytes;
  if (relation.heap_pages == 0 || bytes <= Sampler::kPieces * Sampler::kPieceBytes)
    return {plan::PageRange{}};
  const double share = static_cast<double>(Sampler::kPieceBytes) / static_cast<double>(bytes);
  const auto length = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(relation.heap_pages * share));
  std::vector<plan::PageRange> pieces;
  for (int i = 0; i < Sampler::kPieces; ++i) {
    const double middle = relation.heap_pages * (i + 0.5) / Sampler::kPieces;
    const auto first = static_cast<std::uint32_t>(std::max(1.0, middle - length / 2.0));
    pieces.push_back({first, first + length});
  }
  return pieces;
}

template <typename Work>
Result<double> median_seconds(Work&& work) {
  std::vector<double> seconds;
  for (int i = 0; i < kRepeats; ++i) {
    const auto start = Sampler::Clock::now();
    if (const Status done = work(i); !done) return fail(done.error());
    seconds.push_back(seconds_since(start));
  }
  return median(seconds);
}

}  // namespace

Result<Sampler> Sampler::open(const Discovery& found, Scratch& scratch, Clock::time_point deadline) {
  Result<postgres::Connection> source =
      postgres::Connection::open(found.source_string, postgres::Side::source, found.source.server.encoding);
  if (!source) return fail(source.error());
  return Sampler(found, scratch, std::move(*source), deadline);
}

Sampler::Sampler(const Discovery& found, Scratch& scratch, postgres::Connection source,
                 Clock::time_point deadline)
    : found_(&found),
      scratch_(&scratch),
      source_(std::move(source)),
      deadline_(deadline),
      lane_(pipeline::Lane::Options{}),
      buffer_(256_KiB) {}

Status Sampler::limit_statements() {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
  const std::string sql = fmt::format("SET statement_timeout = {}", std::max<std::int64_t>(1, left));
  if (Status set = source_.execute(sql); !set) return set;
  return scratch_->connection().execute(sql);
}

Result<TableSample> Sampler::sample(catalog::Place place, const plan::Rates& rates) {
  rates_ = rates;
  const catalog::Relation& relation = found_->source.relations[place];
  const auto planned = std::ranges::find(found_->plan.tables, place, &plan::TablePlan::relation);
  const bool binary = planned == found_->plan.tables.end() || planned->format.binary;
  const catalog::Relation scratch = scratch_table(found_->source, relation, binary);
  TableSample sample;
  sample.relation = place;
  if (const Status limited = limit_statements(); !limited) return fail(limited.error());
  Status done = copy(relation, binary, sample);
  if (done && sample.volume.rows > 0) {
    done = read_back(scratch, binary, sample);
    if (done) done = build_indexes(sample);
    if (done) done = analyze(relation, sample);
  }
  const Status dropped =
      scratch_->connection().execute("SET statement_timeout = 0; DROP TABLE IF EXISTS " +
                                     postgres::quote(scratch.name.schema, scratch.name.name));
  if (!done) return done.error().during("trying out " + shown(relation.name));
  if (!dropped) return fail(dropped.error());
  return sample;
}

Status Sampler::copy(const catalog::Relation& relation, bool binary, TableSample& sample) {
  const postgres::CopyFormat format = binary ? postgres::CopyFormat::binary : postgres::CopyFormat::text;
  const catalog::Relation scratch = scratch_table(found_->source, relation, binary);
  postgres::Connection& target = scratch_->connection();
  const Result<postgres::Transaction> reading = found_->source_hold->snapshot().begin(source_);
  if (!reading) return fail(reading.error());
  postgres::Transaction writing = postgres::Transaction::begin(target);
  if (Status made = target.execute(create_scratch_table(scratch)); !made) return made;

  const double toast_per_page =
      relation.heap_pages == 0 ? 0 : static_cast<double>(relation.toast_bytes) / relation.heap_pages;
  // As the copy will: reading rows that aren't frozen costs the first reader more.
  const auto planned = std::ranges::find(found_->plan.tables, sample.relation, &plan::TablePlan::relation);
  const bool freeze = planned == found_->plan.tables.end() || planned->chunks == 1;
  std::vector<double> logarithms;
  double took = 0;
  double foretold = 0;
  for (const plan::PageRange& pages : pieces_of(relation)) {
    const auto start = Clock::now();
    Result<postgres::CopyOut> rows = postgres::CopyOut::begin(
        source_, copy_piece_sql(scratch, relation, pages, format, found_->source.server.version), format,
        "a sample of " + shown(relation.name));
    if (!rows) return fail(rows.error());
    Result<postgres::CopyIn> table =
        postgres::CopyIn::begin(target, copy_in_sql(scratch, format, freeze), format, "a sample");
    if (!table) return fail(table.error());
    verify::RowDigest tap;
    if (Status moved = lane_.run(*rows, *table, tap); !moved) return moved;
    const double seconds = seconds_since(start);
    const double page_count = pages.whole() ? relation.heap_pages : pages.end - pages.first;
    const plan::Volume volume{.rows = static_cast<double>(tap.digest().rows),
                              .heap_gb = page_count * static_cast<double>(relation.heap_bytes) /
                                         std::max(1U, relation.heap_pages) / kGigabyte,
                              .toast_gb = page_count * toast_per_page / kGigabyte};
    const double expected = plan::copy_seconds(volume, binary, rates_);
    took += seconds;
    foretold += expected;
    logarithms.push_back(std::log(seconds / expected));
    sample.volume += volume;
    sample.stream_bytes += static_cast<std::int64_t>(tap.digest().bytes);
    sample.pages += static_cast<std::int64_t>(page_count);
  }
  sample.copy = took / foretold;
  double mean = 0;
  for (const double one : logarithms) mean += one / static_cast<double>(logarithms.size());
  for (const double one : logarithms) sample.copy_spread += (one - mean) * (one - mean);
  sample.copy_spread = std::sqrt(sample.copy_spread / static_cast<double>(logarithms.size()));
  return writing.commit();
}

Status Sampler::read_back(const catalog::Relation& scratch, bool binary, TableSample& sample) {
  const postgres::CopyFormat format = binary ? postgres::CopyFormat::binary : postgres::CopyFormat::text;
  const auto start = Clock::now();
  Result<postgres::CopyOut> rows =
      postgres::CopyOut::begin(scratch_->connection(), copy_out_sql(scratch, {}, format), format, "a sample");
  if (!rows) return fail(rows.error());
  const Result<verify::Digest> digest = verify::read_back(*rows, buffer_);
  if (!digest) return fail(digest.error());
  sample.read_back = seconds_since(start) / plan::read_back_seconds(sample.volume, binary, rates_);
  return {};
}

Status Sampler::analyze(const catalog::Relation& relation, TableSample& sample) {
  const auto start = Clock::now();
  const Status done =
      scratch_->connection().execute(fmt::format("ANALYZE {}.sample", postgres::quote(Scratch::kSchema)));
  if (!done) return done;
  sample.analyze =
      seconds_since(start) / plan::analyze_seconds(sample.volume, relation.columns.size(), rates_);
  return {};
}

/// An index that can't be built here, for want of a function, is left to what others took.
Status Sampler::build_indexes(TableSample& sample) {
  const catalog::Relation& relation = found_->source.relations[sample.relation];
  catalog::Relation scratch;
  scratch.name = {Scratch::kSchema, "sample"};
  const double share = relation.heap_pages == 0 ? 1 : static_cast<double>(sample.pages) / relation.heap_pages;
  for (catalog::Place place = 0; place < found_->source.indexes.size(); ++place) {
    catalog::IndexInfo index = found_->source.indexes[place];
    if (index.relation != sample.relation || index.partitioned || !index.valid) continue;
    const std::optional<std::string> sql = create_scratch_index(index, scratch);
    if (!sql) continue;
    const auto start = Clock::now();
    const Status built = scratch_->connection().execute(*sql);
    if (!built && built.error().code != ErrorCode::server_error) return built;
    if (!built && built.error().sqlstate == "57014") return built;  // the time is up
    if (!built) continue;
    const double seconds = seconds_since(start);
    index.bytes = static_cast<std::int64_t>(static_cast<double>(index.bytes) * share);
    sample.indexes.emplace_back(place, seconds / plan::index_seconds(index, sample.volume, rates_));
  }
  return {};
}

Result<double> Sampler::transaction_seconds() {
  postgres::Connection& target = scratch_->connection();
  const Status made =
      target.execute(fmt::format("CREATE TABLE {}.journal (task bigint, line text)", Scratch::kSchema));
  if (!made) return fail(made.error());
  return median_seconds([&](int) -> Status {
    const Result<postgres::Transaction> reading = found_->source_hold->snapshot().begin(source_);
    if (!reading) return fail(reading.error());
    postgres::Transaction writing = postgres::Transaction::begin(target);
    return writing.commit(
        fmt::format("INSERT INTO {}.journal VALUES (1, 'a line as the journal has it')", Scratch::kSchema));
  });
}

Result<double> Sampler::create_table_seconds() {
  return median_seconds([&](int number) {
    return scratch_->connection().execute(
        fmt::format("CREATE TABLE {}.t{} (id bigint NOT NULL, name text NOT NULL, at timestamp)",
                    Scratch::kSchema, number));
  });
}

Result<double> Sampler::round_trip_seconds(postgres::Side side) {
  postgres::Connection& server = side == postgres::Side::source ? source_ : scratch_->connection();
  return median_seconds([&](int) { return server.execute("SELECT 1"); });
}

}  // namespace pghaul::job
