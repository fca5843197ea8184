#include "estimate/sync_forecast.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "plan/forecast.h"
#include "plan/verify_plan.h"

namespace pghaul::estimate {
namespace {

/// Seconds of one row that is fetched, staged, found on the target, deleted there and inserted, and of each
/// of its index entries: what lets the intervals of the syncs in bench/results/2026-11-30-sync.md hold.
constexpr double kRowWritten = 18e-6;
constexpr double kEntryWritten = 4.5e-6;
/// How far off such a forecast may be: how much a row costs depends on where it lies.
constexpr double kLow = 0.65;
constexpr double kHigh = 1.6;

/// Returns how long pieces of work take that several do side by side.
double side_by_side(const std::vector<double>& pieces, int workers) {
  if (pieces.empty()) return 0;
  const double all = std::accumulate(pieces.begin(), pieces.end(), 0.0);
  return std::max(*std::ranges::max_element(pieces), all / std::max(1, workers));
}

class SyncForecast {
 public:
  SyncForecast(const SyncSample& sample, const discovery::Discovery& found, const Calibration& calibration)
      : sample_(sample), found_(found), calibration_(calibration), options_(found.plan_options) {
    options_.rates = calibration.rates;
    options_.factors = calibration.factors;
    for (const catalog::IndexInfo& index : found.source.indexes) ++indexes_[index.relation];
    double rows = 0;
    double written = 0;
    for (const SyncSample::Table& table : sample.tables) {
      if (!table.written) continue;
      rows += table.rows;
      written += *table.written;
    }
    share_ = rows > 0 ? written / rows : 0;
  }

  measure::EstimateReport::Sync run(double discover) {
    measure::EstimateReport::Sync sync{.by_record = sample_.by_record, .no_record = sample_.no_record};
    std::vector<double> scans;
    std::vector<double> writing;
    std::set<catalog::Place> compared = sample_.comparable;
    std::set<catalog::Place> again;
    for (const SyncSample::Table& table : sample_.tables) {
      const double written = table.written.value_or(table.rows * share_);
      sync.rows += written;
      if (table.counted) {
        compared.erase(table.place);
        scans.insert(scans.end(), {table.source_scan, table.target_scan});
        ++(written > 0 ? sync.changed : sync.unchanged);
      } else {
        ++(written > 0 ? sync.changed : sync.in_full);
      }
      if (written <= 0) continue;
      if (!table.counted) again.insert(table.place);
      // Its rows are looked for once more; or, if those are at its end, keys that have vanished.
      const double search = table.counted ? table.source_scan : 0;
      writing.push_back(search + written * (kRowWritten + kEntryWritten * indexes_[table.place]));
      sync.tables.push_back({table.object, table.rows, written, table.written.has_value(), table.in_full});
    }
    std::ranges::sort(sync.tables, std::ranges::greater(), &measure::EstimateReport::Sync::Table::written);
    const plan::Plan reading = plan_of(compared);
    sync.discover = discover;
    sync.count = side_by_side(scans, std::max(2, reading.jobs));
    sync.compare = seconds_of(reading);
    sync.write = side_by_side(writing, reading.jobs);
    sync.verify = (again.empty() ? 0 : seconds_of(plan_of(again))) + options_.rates.at_the_end;
    sync.seconds = sync.discover + sync.count + sync.compare + sync.write + sync.verify;
    sync.low = sync.seconds * kLow;
    sync.high = sync.seconds * kHigh;
    return sync;
  }

 private:
  [[nodiscard]] plan::Plan plan_of(const std::set<catalog::Place>& tables) const {
    return plan::make_verify_plan(found_.source, *found_.target, options_, tables);
  }
  [[nodiscard]] double seconds_of(const plan::Plan& plan) const {
    if (plan.graph.tasks.empty()) return 0;
    return plan::forecast(plan.graph, plan.jobs, calibration_.machines).seconds;
  }

  const SyncSample& sample_;
  const discovery::Discovery& found_;
  const Calibration& calibration_;
  plan::PlanOptions options_;
  std::map<catalog::Place, int> indexes_;
  double share_ = 0;  // of the sampled rows, that a sync would write
};

}  // namespace

measure::EstimateReport::Sync sync_forecast(const SyncSample& sample, const discovery::Discovery& found,
                                            const Calibration& calibration, double discover) {
  return SyncForecast(sample, found, calibration).run(discover);
}

}  // namespace pghaul::estimate
