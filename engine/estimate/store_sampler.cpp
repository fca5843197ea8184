#include "estimate/store_sampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/units.h"
#include "estimate/sample_table.h"
#include "measure/sample_statistics.h"
#include "postgres/copy_out.h"
#include "tasks/large_objects_sql.h"
#include "verify/row_digest.h"

namespace pghaul::estimate {
namespace {

constexpr double kMostPacking = 0.7;  // seconds, for one table: at high levels not all of the sample
constexpr int kRepeats = 15;
constexpr std::int64_t kObjectBytes = 16 << 20;  // size of large objects, about
constexpr int kMostPieces = 2000;                // number of their pieces

/// Removes the columns that are not copied.
catalog::Relation copied(catalog::Relation relation) {
  std::erase_if(relation.columns, [](const catalog::Column& column) { return column.generated; });
  return relation;
}

}  // namespace

Result<StoreSampler> StoreSampler::open(const discovery::Discovery& found, const discovery::Options& options,
                                        Clock::time_point deadline, const std::stop_token& stop) {
  Result<postgres::Connection> source = postgres::Connection::open(
      found.source_string, postgres::Side::source, found.source.server.encoding, stop);
  if (!source) return fail(source.error());
  StoreSampler sampler(found, options, std::move(*source), deadline);
  sampler.cancel_source_on_stop_ = std::make_unique<postgres::CancelOnStop>(stop, sampler.source_);
  return sampler;
}

StoreSampler::StoreSampler(const discovery::Discovery& found, const discovery::Options& options,
                           postgres::Connection source, Clock::time_point deadline)
    : found_(&found),
      compression_(options.compression),
      lines_(found.lines, found.source_link, found.target_link),
      source_(std::move(source)),
      deadline_(deadline),
      lane_(pipeline::Lane::Options{}),
      buffer_(256_KiB),
      encoder_(std::make_unique<transport::FrameEncoder>()),
      decoder_(std::make_unique<transport::FrameDecoder>()) {}

Status StoreSampler::limit_statements() {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
  return source_.execute(fmt::format("SET statement_timeout = {}", std::max<std::int64_t>(1, left)));
}

Result<double> StoreSampler::read(const std::string& sql, postgres::CopyFormat format,
                                  const std::string& what) {
  lines_.start();
  const auto start = Clock::now();
  Result<postgres::CopyOut> rows = postgres::CopyOut::begin(source_, sql, format, what);
  if (!rows) return fail(rows.error());
  verify::RowDigest tap;
  if (Status moved = lane_.run(*rows, rows_, tap); !moved) return fail(moved.error());
  kept_bytes_ += tap.digest().bytes;
  kept_rows_ += tap.digest().rows;
  const double seconds = lines_.without_answers(measure::seconds_since(start), 1, 0);
  const plan::LineTime crossing = lines_.crossed(tap.digest().bytes);
  crossing_ += crossing;
  seconds_ += seconds;
  return seconds;
}

void StoreSampler::forget() {
  rows_.clear();
  kept_bytes_ = 0;
  kept_rows_ = 0;
  crossing_ = {};
  seconds_ = 0;
}

Result<PackTrial> StoreSampler::pack() {
  return try_packing(rows_.chunks(), compression_.level, kMostPacking, *encoder_, *decoder_, buffer_);
}

Result<TableSample> StoreSampler::sample(const std::vector<catalog::Place>& tables,
                                         const plan::Rates& rates) {
  TableSample sample;
  sample.relation = tables.front();
  if (const Status limited = limit_statements(); !limited) return fail(limited.error());
  const Result<postgres::Transaction> reading = found_->source_hold->snapshot().begin(source_);
  if (!reading) return fail(reading.error());
  const std::string what = "sampling " + shown(found_->source.relations[tables.front()].name);
  forget();
  for (const catalog::Place place : tables) {
    const Result<double> factor = read_table(place, rates, sample);
    if (!factor) return factor.error().during(what);
    sample.read_source += *factor / static_cast<double>(tables.size());
  }
  if (LineMeter::held_up(crossing_, seconds_)) sample.read_source = sample.copy_spread = 0;
  sample.compare_with(crossing_, found_->plan_options.rates);
  sample.stream_bytes = static_cast<std::int64_t>(kept_bytes_);
  if (kept_bytes_ == 0) return sample;
  const Result<PackTrial> packed = pack();
  if (!packed) return packed.error().during(what);
  // Each tiny table has a file of its own, with the frame that ends it.
  const double of_all = static_cast<double>(kept_bytes_) / static_cast<double>(packed->row_bytes);
  const double ends = static_cast<double>(transport::FrameHeader::kBytes * 2 * (tables.size() - 1));
  sample.stored_bytes = static_cast<std::int64_t>(static_cast<double>(packed->stored_bytes) * of_all + ends);
  sample.pack = packed->pack_seconds * of_all / plan::pack_seconds(sample.volume, rates);
  sample.unpack = packed->unpack_seconds * of_all / plan::unpack_seconds(sample.volume, rates);
  return sample;
}

Result<double> StoreSampler::read_table(catalog::Place place, const plan::Rates& rates, TableSample& sample) {
  const catalog::Relation relation = copied(found_->source.relations[place]);
  const auto planned = std::ranges::find(found_->plan.tables, place, &plan::TablePlan::relation);
  const bool binary = planned == found_->plan.tables.end() || planned->format.binary;
  const postgres::CopyFormat format = binary ? postgres::CopyFormat::binary : postgres::CopyFormat::text;
  std::vector<double> logarithms;
  for (const plan::PageRange& pages : sample_pieces(relation)) {
    const std::uint64_t rows_before = kept_rows_;
    const Result<double> seconds =
        read(copy_piece_sql(relation, relation, pages, format, found_->source.server.version), format,
             "a sample of " + shown(relation.name));
    if (!seconds) return fail(seconds.error());
    const double share =
        pages.whole() ? 1.0
                      : static_cast<double>(pages.end - pages.first) / std::max(1U, relation.heap_pages);
    const plan::Volume volume{.rows = static_cast<double>(kept_rows_ - rows_before),
                              .heap_gb = share * static_cast<double>(relation.heap_bytes) / kGigabyte,
                              .toast_gb = share * static_cast<double>(relation.toast_bytes) / kGigabyte};
    sample.volume += volume;
    logarithms.push_back(std::log(*seconds / plan::read_back_seconds(volume, binary, rates)));
  }
  sample.copy_spread = measure::spread_of(logarithms);
  return std::exp(measure::median(std::move(logarithms)));
}

Result<StoreSampler::Objects> StoreSampler::sample_large_objects(plan::Rates& rates) {
  const catalog::LargeObjects& objects = found_->source.large_objects;
  if (const Status limited = limit_statements(); !limited) return fail(limited.error());
  const Result<postgres::Transaction> reading = found_->source_hold->snapshot().begin(source_);
  if (!reading) return fail(reading.error());
  forget();
  const std::int64_t each =
      std::clamp<std::int64_t>(objects.bytes / objects.count, 1, tasks::kLargeObjectPieceBytes);
  const auto pieces = static_cast<int>(std::clamp<std::int64_t>(kObjectBytes / each, 16, kMostPieces));
  const Result<double> seconds = read(tasks::copy_large_objects_sql(found_->source, 0, pieces),
                                      postgres::CopyFormat::binary, "a sample of large objects");
  if (!seconds) return seconds.error().during("sampling large objects");
  if (kept_bytes_ == 0) return Objects{};
  const auto share =
      static_cast<double>(kept_bytes_) / static_cast<double>(std::max<std::int64_t>(1, objects.bytes));
  const double factor = *seconds / (share * plan::read_large_objects_seconds(objects, rates));
  rates.large_object_read *= factor;
  rates.large_objects_read_gb *= factor;
  const Result<PackTrial> packed = pack();
  if (!packed) return packed.error().during("sampling large objects");
  const double tried = static_cast<double>(packed->row_bytes) / kGigabyte;
  rates.pack_objects_gb = packed->pack_seconds / tried;
  rates.unpack_objects_gb = packed->unpack_seconds / tried;
  return Objects{static_cast<std::int64_t>(packed->row_bytes),
                 static_cast<std::int64_t>(packed->stored_bytes)};
}

Result<double> StoreSampler::transaction_seconds() {
  std::vector<double> seconds;
  for (int i = 0; i < kRepeats; ++i) {
    const auto start = Clock::now();
    const Result<postgres::Transaction> reading = found_->source_hold->snapshot().begin(source_);
    if (!reading) return fail(reading.error());
    seconds.push_back(lines_.without_answers(measure::seconds_since(start), 1, 0));  // it is given back later
  }
  return measure::median(std::move(seconds));
}

}  // namespace pghaul::estimate
