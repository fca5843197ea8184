#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/model.h"
#include "discovery/discovery.h"
#include "estimate/calibration.h"
#include "estimate/simulation.h"
#include "measure/estimate_report.h"
#include "plan/copy_forecast.h"

namespace pghaul::estimate {

/// Simulates the same copy under other circumstances.
///
/// Ownership  none of the arguments, which must outlive it.
class WhatIf final : public Simulation {
 public:
  /// `source`: the catalog, with the sizes to be assumed; `discover`: seconds.
  WhatIf(const discovery::Discovery& found, const catalog::Catalog& source, const Calibration& calibration,
         double discover);

  [[nodiscard]] plan::Plan plan(int jobs) const override;
  [[nodiscard]] plan::CopyForecast outlook(const plan::Plan& plan) const override;
  [[nodiscard]] plan::Interval likely(const plan::Plan& plan) const override;
  [[nodiscard]] std::vector<measure::EstimateReport::Variant> variants() const override;

 private:
  [[nodiscard]] plan::Plan made(plan::PlanOptions options) const;
  [[nodiscard]] double seconds(const plan::PlanOptions& options, const plan::Machines& machines) const;
  [[nodiscard]] double opened_after(plan::Milestone milestone) const;
  /// Lists the indexes and constraints that would be built beside the application; empty: none.
  [[nodiscard]] std::string left_for_later(plan::Milestone open_after) const;
  [[nodiscard]] plan::PlanOptions with_lz4() const;
  [[nodiscard]] plan::PlanOptions with_minimal_wal() const;
  [[nodiscard]] bool compresses_with_pglz() const;

  const discovery::Discovery& found_;
  const catalog::Catalog& source_;
  const Calibration& calibration_;
  plan::OutsideTasks surroundings_;
  plan::PlanOptions options_;
};

/// Makes everything larger by a factor, in the same number of objects.
[[nodiscard]] catalog::Catalog grown(catalog::Catalog source, double growth);

}  // namespace pghaul::estimate
