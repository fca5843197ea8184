#include "job/sync_sample.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include "base/units.h"
#include "catalog/read_keys.h"
#include "job/both_databases.h"
#include "job/recorded_tables.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"
#include "rows/range_sql.h"
#include "rows/sample_bounds.h"
#include "rows/table_comparison.h"
#include "tasks/copy_sql.h"
#include "verify/digest_of_copy.h"

namespace pghaul::job {
namespace {

using estimate::SyncSample;
using postgres::Side;

constexpr std::uint32_t kBlocksCounted = 8192;  // of a table: 64 MB
constexpr std::int64_t kBytesOfRange = std::int64_t{1} << 20;
constexpr std::size_t kRangesCompared = 8;  // of a table
constexpr std::int64_t kMostRanges = 4096;

/// Compares some ranges of the keys of tables.
class KeySample {
 public:
  KeySample(Compared& both, postgres::Connection& source, postgres::Connection& target)
      : both_(both), source_(source), target_(target) {}

  Status prepare() {
    Result<rows::UniqueKeys> here = catalog::read_keys(source_);
    if (!here) return fail(here.error());
    Result<rows::UniqueKeys> there = catalog::read_keys(target_);
    if (!there) return fail(there.error());
    here_ = std::move(*here);
    there_ = std::move(*there);
    return {};
  }

  /// Returns how many rows differ, extrapolated; nothing: its keys can't be read by ranges.
  Result<std::optional<double>> different_rows(const plan::TablePlan& plan) {
    const catalog::Relation& relation = both_.found.source.relations[plan.relation];
    const bool same_encoding = both_.found.source.server.encoding == both_.found.target->encoding;
    rows::ComparedTable table;
    table.key = rows::choose_key(relation, here_, there_, same_encoding);
    if (!table.key.by_range || !plan.format.binary || plan.tree != catalog::kNone)
      return std::optional<double>();
    table.parts.push_back({plan.relation, &relation, tasks::on_target(relation)});
    const std::int64_t bytes = relation.heap_bytes + relation.toast_bytes;
    const auto count = static_cast<std::uint32_t>(std::min<std::int64_t>(bytes / kBytesOfRange, kMostRanges));
    rows::Range whole;
    if (count <= kRangesCompared) return different_in(table, whole);

    // Keys beyond the target's last one are all new; the others are sampled.
    Result<std::optional<rows::Bound>> last = last_key(table);
    if (!last) return fail(last.error());
    if (!*last) return std::optional<double>(std::max(0.0, relation.estimated_rows));
    const Result<rows::Buckets> buckets = rows::sample_buckets(target_, relation, table.key, count);
    if (!buckets) return fail(buckets.error());
    Result<double> all = beyond(table, **last);
    if (!all) return fail(all.error());
    std::vector<std::size_t> chosen(buckets->size() - 1);  // the last one has no end
    std::iota(chosen.begin(), chosen.end(), std::size_t{0});
    std::ranges::shuffle(chosen, random_);
    chosen.resize(std::min(chosen.size(), kRangesCompared));
    double sampled = 0;
    double read = 0;
    for (const std::size_t range : chosen) {
      rows::Range within = buckets->range(range);
      Result<std::optional<double>> different = different_in(table, within);
      if (!different) return different;
      sampled += **different;
      read += static_cast<double>(std::max(within.source.rows, within.target.rows));
    }
    if (read > 0) *all += sampled / read * std::max(0.0, relation.estimated_rows - *all);
    return std::optional<double>(*all);
  }

 private:
  Result<std::optional<rows::Bound>> last_key(const rows::ComparedTable& table) {
    std::string order;
    for (const rows::Key::Column& column : table.key.columns)
      order += (order.empty() ? "" : ", ") + postgres::quote(column.name) + " DESC";
    const catalog::Name& name = table.first().name;
    const Result<postgres::Rows> rows =
        target_.query("SELECT " + rows::names_sql(table.key) + " FROM ONLY " +
                      postgres::quote(name.schema, name.name) + " ORDER BY " + order + " LIMIT 1");
    if (!rows) return rows.error().during("looking for the last key of " + shown(name));
    if (rows->size() == 0) return std::optional<rows::Bound>();
    rows::Bound bound;
    for (int i = 0; i < static_cast<int>(table.key.columns.size()); ++i) bound.push_back(rows->string(0, i));
    return std::optional<rows::Bound>(std::move(bound));
  }

  /// Counts the source's rows with greater keys.
  Result<double> beyond(const rows::ComparedTable& table, const rows::Bound& last) {
    const catalog::Name& name = table.first().name;
    const Result<postgres::Rows> rows = source_.query(rows::count_ranges_sql(
        "ONLY " + postgres::quote(name.schema, name.name), table.key, {rows::Range{.from = last}}));
    if (!rows) return rows.error().during("counting new rows of " + shown(name));
    return std::max(0.0, static_cast<double>(rows->integer(0, 0)) - 1);
  }

  Result<std::optional<double>> different_in(const rows::ComparedTable& table, rows::Range& range) {
    for (const auto& [side, digest] :
         {std::pair{Side::source, &range.source}, {Side::target, &range.target}}) {
      Result<verify::Digest> read =
          verify::digest_of_copy(buffer_, side == Side::source ? source_ : target_,
                                 {.sql = rows::copy_ranges_sql(table.parts.front().on(side), table.key,
                                                               {range}, table.format, false),
                                  .format = table.format,
                                  .floats = table.floats,
                                  .what = "rows of " + shown(table.first().name)});
      if (!read) return fail(read.error());
      *digest = *read;
    }
    std::size_t different = 0;
    if (range.source == range.target) return std::optional<double>(0.0);
    rows::TableComparison comparison(table, source_, target_, buffer_,
                                     [&](const std::vector<rows::Difference>& found) -> Status {
                                       different += found.size();
                                       return {};
                                     });
    if (Status compared = comparison.run(range, nullptr); !compared) return fail(compared.error());
    return std::optional<double>(static_cast<double>(different));
  }

  Compared& both_;
  postgres::Connection& source_;
  postgres::Connection& target_;
  rows::UniqueKeys here_;
  rows::UniqueKeys there_;
  pipeline::Chunk buffer_{256_KiB};
  std::minstd_rand random_{20'261'130};  // the same ranges each time
};

Status sample_keys(const discovery::VerbContext& context, Compared& both, double until,
                   std::vector<SyncSample::Table*> tables) {
  const postgres::CancelOnStop of_source(context.stop, both.found.source_hold->connection());
  const postgres::CancelOnStop of_target(context.stop, both.target_hold->connection());
  KeySample sample(both, both.found.source_hold->connection(), both.target_hold->connection());
  if (Status prepared = sample.prepare(); !prepared) return prepared;
  std::map<catalog::Place, const plan::TablePlan*> plans;
  for (const plan::TablePlan& plan : both.found.plan.tables) plans[plan.relation] = &plan;
  std::ranges::stable_sort(tables, std::ranges::greater(), &SyncSample::Table::rows);
  for (SyncSample::Table* table : tables) {
    if (context.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
    if (context.timeline.now() >= until) return {};
    Result<std::optional<double>> different = sample.different_rows(*plans[table->place]);
    if (!different) return fail(different.error());
    table->written = *different;
  }
  return {};
}

}  // namespace

Result<SyncSample> sample_sync(const discovery::VerbContext& context, discovery::Discovery& found,
                               double until) {
  Compared both;
  both.found = std::move(found);
  const auto look = [&]() -> Result<SyncSample> {
    if (Status compared = find_comparable(context, both); !compared) return fail(compared.error());
    if (both.comparable.empty()) {
      return fail(ErrorCode::refused,
                  "the target has none of the source's tables, so there is no copy to bring up to date",
                  "copy ahead first: pghaul copy --keep-record; or leave --sync out");
    }
    SyncSample sample{.comparable = both.comparable};
    const crew::Worker::Endpoints ends = both.ends(context.stop);
    measure::Progress progress;
    const Result<RecordedTables> recorded = ask_what_has_changed(
        context, both, ends, progress, CountingLimits{.most_blocks = kBlocksCounted, .until = until});
    if (!recorded) return fail(recorded.error());
    sample.by_record = recorded->found;
    std::map<std::string, std::string> in_full;
    for (const measure::Report::Note& one : recorded->in_full) in_full[one.object] = one.message;
    sample.no_record = in_full["all tables"];
    std::map<catalog::Place, CountedTable> counted;
    for (const CountedTable& one : recorded->counted) counted[one.place] = one;
    for (const plan::TablePlan& plan : both.found.plan.tables) {
      if (!both.comparable.contains(plan.relation)) continue;
      const catalog::Relation& relation = both.found.source.relations[plan.relation];
      SyncSample::Table& table = sample.tables.emplace_back();
      table.place = plan.relation;
      table.object = shown(relation.name);
      table.rows = std::max(0.0, relation.estimated_rows);
      table.in_full = in_full[table.object];
      const auto found_counted = counted.find(plan.relation);
      if (found_counted == counted.end() || !table.in_full.empty()) continue;
      const CountedTable& count = found_counted->second;
      table.counted = true;
      table.rows = static_cast<double>(count.source.rows);
      // Rows have at least vanished as there are fewer; a number that is extrapolated does not show how many.
      const double fewer = count.share < 1 ? 0 : static_cast<double>(count.target.rows) - table.rows;
      table.written = static_cast<double>(count.source.possibly_new) + std::max(0.0, fewer);
      table.source_scan = count.source_seconds;
      table.target_scan = count.target_seconds;
    }
    std::vector<SyncSample::Table*> others;
    for (SyncSample::Table& table : sample.tables) {
      if (!table.counted) others.push_back(&table);
    }
    if (Status sampled = sample_keys(context, both, until, std::move(others)); !sampled)
      return fail(sampled.error());
    return sample;
  };
  Result<SyncSample> sample = look();
  both.target_hold.reset();
  found = std::move(both.found);
  return sample;
}

}  // namespace pghaul::job
