#pragma once

#include <optional>

#include "catalog/model.h"
#include "estimate/calibration.h"
#include "estimate/simulation.h"
#include "measure/estimate_report.h"
#include "plan/copy_forecast.h"
#include "plan/make_plan.h"

/// The parts of an estimate that are the same whether the target is a server or an archive.
namespace pghaul::estimate {

void add_measured(const discovery::Discovery& found, const Calibration& calibration,
                  measure::EstimateReport& estimate);
/// Adds what `plan`, of the simulation, comes to, beside other numbers of workers and other variants.
/// `source`: the catalog, with the sizes to be assumed.
void add_simulation(const Simulation& simulation, const plan::Plan& plan, const plan::CopyForecast& outlook,
                    const catalog::Catalog& source, const discovery::Discovery& found,
                    const discovery::Options& options, const Calibration& calibration,
                    measure::EstimateReport& estimate);

/// Tells whether so many seconds, `high` at most 9 times in 10, fit into the window; nothing: none was given.
[[nodiscard]] std::optional<measure::EstimateReport::Window> window_of(double window, double seconds,
                                                                       double high);

}  // namespace pghaul::estimate
