#include "estimate/sampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/units.h"
#include "estimate/file_sample.h"
#include "estimate/median_time.h"
#include "estimate/sample_large_objects.h"
#include "estimate/sample_table.h"
#include "measure/sample_statistics.h"
#include "postgres/copy_in.h"
#include "postgres/copy_out.h"
#include "postgres/quote.h"
#include "postgres/sqlstate.h"
#include "tasks/copy_sql.h"
#include "verify/read_back.h"
#include "verify/row_digest.h"

namespace pghaul::estimate {
namespace {

template <typename Trials>
std::string names_of(const Trials& trials) {
  std::string names;
  for (const auto& trial : trials) {
    names +=
        (names.empty() ? "" : ", ") + postgres::quote(trial.scratch.name.schema, trial.scratch.name.name);
  }
  return names;
}

}  // namespace

void TableSample::compare_with(const plan::LineTime& crossed, const plan::Rates& rates) {
  const plan::LineTime expected = plan::copy_crossing(volume, relation, rates, {});
  if (expected.from_source > 0) from_source = crossed.from_source / expected.from_source;
  if (expected.to_target > 0) to_target = crossed.to_target / expected.to_target;
}

Result<Sampler> Sampler::open(const discovery::Discovery& found, Scratch& scratch, Clock::time_point deadline,
                              const std::stop_token& stop) {
  if (found.stored) return Sampler(found, scratch, std::nullopt, deadline);
  Result<postgres::Connection> source = postgres::Connection::open(
      found.source_string, postgres::Side::source, found.source.server.encoding, stop);
  if (!source) return fail(source.error());
  Sampler sampler(found, scratch, std::move(*source), deadline);
  sampler.cancel_source_on_stop_ = std::make_unique<postgres::CancelOnStop>(stop, *sampler.source_);
  return sampler;
}

Sampler::Sampler(const discovery::Discovery& found, Scratch& scratch,
                 std::optional<postgres::Connection> source, Clock::time_point deadline)
    : found_(&found),
      scratch_(&scratch),
      lines_(found.lines, found.source_link, found.target_link),
      source_(std::move(source)),
      unpacker_(std::make_unique<transport::FrameDecoder>()),
      deadline_(deadline),
      lane_(pipeline::Lane::Options{}),
      buffer_(256_KiB) {}

Status Sampler::limit_statements() {
  const auto now = Clock::now();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - now).count();
  limit_again_ = now + (deadline_ - now) / 2;
  const std::string sql = fmt::format("SET statement_timeout = {}", std::max<std::int64_t>(1, left));
  if (source_) {
    if (Status set = source_->execute(sql); !set) return set;
  }
  // The number of processes follows from the real table's size; this measures one.
  return scratch_->connection().execute(sql + "; SET max_parallel_maintenance_workers = 0");
}

Status Sampler::shorten_limit() {
  return Clock::now() < limit_again_ ? Status{} : limit_statements();
}

Result<TableSample> Sampler::sample(const std::vector<catalog::Place>& tables, const plan::Rates& rates) {
  rates_ = rates;
  std::vector<Trial> trials = trials_of(tables);
  if (trials.empty()) {
    return fail(ErrorCode::refused, fmt::format("rows of {} were not sampled: the archive holds whole rows, "
                                                "and the target lacks some of their types",
                                                shown(found_->source.relations[tables.front()].name)));
  }
  TableSample sample;
  sample.relation = tables.front();
  if (const Status limited = limit_statements(); !limited) return fail(limited.error());
  Status done = copy(trials, sample);
  if (done && sample.volume.rows > 0) {
    done = shorten_limit();
    if (done) done = read_back(trials, sample);
    if (done) done = build_indexes(trials, sample);
    if (done) done = shorten_limit();
    if (done) done = analyze(trials, sample);
  }
  std::string drop = "SET statement_timeout = 0; DROP TABLE IF EXISTS " + names_of(trials);
  const Status dropped = scratch_->connection().execute(drop);
  if (!done) return done.error().during("sampling " + shown(trials.front().relation->name));
  if (!dropped) return fail(dropped.error());
  return sample;
}

std::vector<Sampler::Trial> Sampler::trials_of(const std::vector<catalog::Place>& tables) const {
  std::vector<Trial> trials;
  for (const catalog::Place place : tables) {
    const catalog::Relation& relation = found_->source.relations[place];
    const auto planned = std::ranges::find(found_->plan.tables, place, &plan::TablePlan::relation);
    const bool binary = planned == found_->plan.tables.end() || planned->format.binary;
    catalog::Relation scratch = scratch_table(found_->source, relation, binary, trials.size());
    const auto columns = std::ranges::count(relation.columns, false, &catalog::Column::generated);
    if (found_->stored && scratch.columns.size() != static_cast<std::size_t>(columns)) continue;
    trials.push_back({.place = place,
                      .relation = &relation,
                      .binary = binary,
                      .scratch = std::move(scratch),
                      .volume = {}});
  }
  return trials;
}

std::vector<Sampler::Extract> Sampler::extracts_of(const Trial& trial) const {
  std::vector<Extract> extracts;
  if (!found_->stored) {
    for (const plan::PageRange& pages : sample_pieces(*trial.relation)) extracts.push_back({.pages = pages});
    return extracts;
  }
  const std::vector<archive::Manifest::Rows>& files = found_->stored->table(trial.place).files;
  const std::size_t count = std::min<std::size_t>(files.size(), kSamplePieces);
  for (std::size_t i = 0; i < count; ++i) {
    const archive::Manifest::Rows& file = files[(2 * i + 1) * files.size() / (2 * count)];
    extracts.push_back(
        {.file = &file, .bytes = static_cast<std::size_t>(kSamplePieces * kSampleBytes) / count});
  }
  return extracts;
}

Result<std::optional<postgres::Transaction>> Sampler::begin_reading() {
  if (!source_) return std::nullopt;
  Result<postgres::Transaction> reading = found_->source_hold->snapshot().begin(*source_);
  if (!reading) return fail(reading.error());
  return std::optional<postgres::Transaction>(std::move(*reading));
}

Result<std::unique_ptr<pipeline::Source>> Sampler::open(const Trial& trial, const Extract& extract) {
  if (extract.file != nullptr) {
    return std::make_unique<FirstRows>(*found_->stored, *extract.file, *unpacker_, extract.bytes);
  }
  const postgres::CopyFormat format =
      trial.binary ? postgres::CopyFormat::binary : postgres::CopyFormat::text;
  const std::string sql =
      copy_piece_sql(trial.scratch, *trial.relation, extract.pages, format, found_->source.server.version);
  Result<postgres::CopyOut> rows =
      postgres::CopyOut::begin(*source_, sql, format, "a sample of " + shown(trial.relation->name));
  if (!rows) return fail(rows.error());
  return std::make_unique<postgres::CopyOut>(std::move(*rows));
}

Status Sampler::copy(std::vector<Trial>& trials, TableSample& sample) {
  postgres::Connection& target = scratch_->connection();
  const Result<std::optional<postgres::Transaction>> reading = begin_reading();
  if (!reading) return fail(reading.error());
  postgres::Transaction writing = postgres::Transaction::begin(target);
  for (const Trial& trial : trials) {
    if (Status made = target.execute(create_scratch_table(trial.scratch)); !made) return made;
  }
  // It freezes where the copy will: rows that aren't frozen cost their first reader more.
  const auto planned = std::ranges::find(found_->plan.tables, sample.relation, &plan::TablePlan::relation);
  const bool freeze = trials.size() == 1 && (planned == found_->plan.tables.end() || planned->chunks == 1);
  std::vector<double> logarithms;
  double took = 0;
  double predicted = 0;
  plan::LineTime crossing;
  for (Trial& trial : trials) {
    for (const Extract& extract : extracts_of(trial)) {
      const Result<Piece> piece = copy_piece(trial, extract, freeze, sample);
      if (!piece) return fail(piece.error());
      const double expected = plan::copy_seconds(piece->volume, trial.binary, rates_);
      took += piece->seconds;
      predicted += expected;
      crossing += piece->crossing;
      logarithms.push_back(std::log(piece->seconds / expected));
      trial.volume += piece->volume;
    }
    sample.volume += trial.volume;
  }
  sample.copy = took / predicted;
  if (trials.size() == 1) {
    sample.copy = std::exp(measure::median(logarithms));  // a stall, as of the disk, is in one of them
    sample.copy_spread = measure::spread_of(logarithms);
  }
  if (LineMeter::held_up(crossing, took)) sample.copy = sample.copy_spread = 0;
  sample.compare_with(crossing, found_->plan_options.rates);
  return writing.commit();
}

Result<Sampler::Piece> Sampler::copy_piece(Trial& trial, const Extract& extract, bool freeze,
                                           TableSample& sample) {
  const postgres::CopyFormat format =
      trial.binary ? postgres::CopyFormat::binary : postgres::CopyFormat::text;
  lines_.start();
  const auto start = Clock::now();
  const Result<std::unique_ptr<pipeline::Source>> rows = open(trial, extract);
  if (!rows) return fail(rows.error());
  Result<postgres::CopyIn> table = postgres::CopyIn::begin(
      scratch_->connection(), tasks::copy_in_sql(trial.scratch, format, freeze), format, "a sample");
  if (!table) {
    (*rows)->abandon();  // there are few, and others are tried after them
    return fail(table.error());
  }
  verify::RowDigest tap;
  if (Status moved = lane_.run(**rows, *table, tap); !moved) return fail(moved.error());
  const double seconds = lines_.without_answers(measure::seconds_since(start), 1, 2);
  const double share = share_of(trial, extract, tap.digest().rows);
  trial.share += share;
  sample.stream_bytes += static_cast<std::int64_t>(tap.digest().bytes);
  return Piece{seconds,
               {.rows = static_cast<double>(tap.digest().rows),
                .heap_gb = share * static_cast<double>(trial.relation->heap_bytes) / kGigabyte,
                .toast_gb = share * static_cast<double>(trial.relation->toast_bytes) / kGigabyte},
               lines_.crossed(tap.digest().bytes)};
}

double Sampler::share_of(const Trial& trial, const Extract& extract, std::uint64_t rows) const {
  if (extract.file != nullptr) {
    std::uint64_t all = 0;
    for (const archive::Manifest::Rows& file : found_->stored->table(trial.place).files) all += file.rows;
    return static_cast<double>(rows) / static_cast<double>(std::max<std::uint64_t>(1, all));
  }
  if (extract.pages.whole()) return 1;
  return static_cast<double>(extract.pages.end - extract.pages.first) /
         std::max(1U, trial.relation->heap_pages);
}

Status Sampler::read_back(const std::vector<Trial>& trials, TableSample& sample) {
  double predicted = 0;
  const auto start = Clock::now();
  for (const Trial& trial : trials) {
    const postgres::CopyFormat format =
        trial.binary ? postgres::CopyFormat::binary : postgres::CopyFormat::text;
    Result<postgres::CopyOut> rows = postgres::CopyOut::begin(
        scratch_->connection(), tasks::copy_out_sql(trial.scratch, {}, format), format, "a sample");
    if (!rows) return fail(rows.error());
    const Result<verify::Digest> digest = verify::read_back(*rows, buffer_);
    if (!digest) return fail(digest.error());
    predicted += plan::read_back_seconds(trial.volume, trial.binary, rates_);
  }
  const double seconds =
      lines_.without_answers(measure::seconds_since(start), 0, static_cast<double>(trials.size()));
  const auto bytes = static_cast<std::uint64_t>(sample.stream_bytes);
  if (LineMeter::held_up({.from_target = lines_.digested_from_target(bytes)}, seconds)) return {};
  sample.read_back = seconds / predicted;
  return {};
}

Status Sampler::analyze(const std::vector<Trial>& trials, TableSample& sample) {
  double predicted = 0;
  for (const Trial& trial : trials) {
    predicted += plan::analyze_seconds(trial.volume, trial.relation->columns.size(), rates_);
  }
  const auto start = Clock::now();
  if (Status done = scratch_->connection().execute("ANALYZE " + names_of(trials)); !done) return done;
  sample.analyze = lines_.without_answers(measure::seconds_since(start), 0, 1) / predicted;
  return {};
}

/// Builds indexes. One that can't be built here, as it lacks a function, gets the factor of others.
Status Sampler::build_indexes(const std::vector<Trial>& trials, TableSample& sample) {
  for (catalog::Place place = 0; place < found_->source.indexes.size(); ++place) {
    catalog::IndexInfo index = found_->source.indexes[place];
    const auto trial = std::ranges::find(trials, index.relation, &Trial::place);
    if (trial == trials.end() || index.partitioned || !index.valid) continue;
    const std::optional<std::string> sql = create_scratch_index(index, trial->scratch);
    if (!sql) continue;
    if (const Status limited = shorten_limit(); !limited) return limited;
    const auto start = Clock::now();
    const Status built = scratch_->connection().execute(*sql);
    if (!built && built.error().code != ErrorCode::server_error) return built;
    if (!built && built.error().sqlstate == postgres::kQueryCanceled) return built;  // the time is up
    if (!built) continue;
    const double seconds = lines_.without_answers(measure::seconds_since(start), 0, 1);
    index.bytes = static_cast<std::int64_t>(static_cast<double>(index.bytes) * trial->share);
    sample.indexes.emplace_back(place, seconds / plan::index_seconds(index, trial->volume, rates_));
  }
  return {};
}

Status Sampler::sample_large_objects(plan::Rates& rates) {
  if (const Status limited = limit_statements(); !limited) return limited;
  return estimate::sample_large_objects(*found_, *source_, scratch_->connection(), lane_, buffer_, rates);
}

Result<double> Sampler::without_round_trips(Result<double> seconds, double of_source) const {
  if (seconds) *seconds = lines_.without_answers(*seconds, of_source, 1);
  return seconds;
}

Result<double> Sampler::transaction_seconds() {
  if (const Status limited = limit_statements(); !limited) return fail(limited.error());
  postgres::Connection& target = scratch_->connection();
  const Status made =
      target.execute(fmt::format("CREATE TABLE {}.journal (task bigint, line text)", Scratch::kSchema));
  if (!made) return fail(made.error());
  return without_round_trips(
      median_seconds(deadline_,
                     [&](int) -> Status {
                       const Result<std::optional<postgres::Transaction>> reading = begin_reading();
                       if (!reading) return fail(reading.error());
                       postgres::Transaction writing = postgres::Transaction::begin(target);
                       return writing.commit(
                           fmt::format("INSERT INTO {}.journal VALUES (1, 'a line as the journal has it')",
                                       Scratch::kSchema));
                     }),
      source_ ? plan::kSnapshotAnswers : 0);
}

Result<double> Sampler::truncate_seconds() {
  return without_round_trips(median_seconds(deadline_, [&](int) {
    return scratch_->connection().execute(
        fmt::format("BEGIN; TRUNCATE {0}.journal; INSERT INTO {0}.journal VALUES (1, 'a line'); COMMIT",
                    Scratch::kSchema));
  }));
}

Result<double> Sampler::create_table_seconds() {
  return without_round_trips(median_seconds(deadline_, [&](int number) {
    return scratch_->connection().execute(
        fmt::format("CREATE TABLE {}.t{} (id bigint NOT NULL, name text NOT NULL, at timestamp)",
                    Scratch::kSchema, number));
  }));
}

}  // namespace pghaul::estimate
