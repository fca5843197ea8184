#pragma once

#include <vector>

#include "measure/estimate_report.h"
#include "plan/copy_forecast.h"
#include "plan/interval.h"
#include "plan/make_plan.h"

namespace pghaul::estimate {

/// A copy that is planned and simulated, into a server or into an archive.
class Simulation {
 public:
  Simulation() = default;
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  virtual ~Simulation() = default;

  /// Plans the copy as it is, with the given number of workers (0: as pghaul chooses).
  [[nodiscard]] virtual plan::Plan plan(int jobs) const = 0;
  [[nodiscard]] virtual plan::CopyForecast outlook(const plan::Plan& plan) const = 0;
  /// Returns between which two times it is likely to take.
  [[nodiscard]] virtual plan::Interval likely(const plan::Plan& plan) const = 0;
  /// Returns changes that are possible and would make it shorter, the most effective first.
  [[nodiscard]] virtual std::vector<measure::EstimateReport::Variant> variants() const = 0;
};

}  // namespace pghaul::estimate
