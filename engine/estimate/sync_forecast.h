#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "catalog/model.h"
#include "discovery/discovery.h"
#include "estimate/calibration.h"
#include "measure/estimate_report.h"

namespace pghaul::estimate {

/// Changes that a sync would find by now, as samples tell.
struct SyncSample {
  struct Table {
    catalog::Place place = catalog::kNone;
    std::string object;
    double rows = 0;                // on the source
    std::optional<double> written;  // rows that a sync would write; nothing: not sampled
    bool counted = false;           // on both sides, by the record, instead of compared
    double source_scan = 0;         // seconds that counting takes
    double target_scan = 0;
    std::string in_full;  // why it is compared in full, where there is a record
  };
  std::vector<Table> tables;
  std::set<catalog::Place> comparable;  // what both sides have
  bool by_record = false;
  std::string no_record;  // why the record can't be used
};

/// Predicts how long a sync takes. Pure.
///
/// Tables that have not been sampled are taken to have changed as all others have.
/// `discover`: seconds until both databases are known.
[[nodiscard]] measure::EstimateReport::Sync sync_forecast(const SyncSample& sample,
                                                          const discovery::Discovery& found,
                                                          const Calibration& calibration, double discover);

}  // namespace pghaul::estimate
