#pragma once

#include <optional>
#include <vector>

#include "discovery/discovery.h"
#include "discovery/options.h"
#include "measure/report.h"

namespace pghaul::estimate {

/// Returns how many times as long as forecast the earlier copies between the two servers took, ascending.
[[nodiscard]] std::vector<double> past_ratios(const discovery::Discovery& found,
                                              const discovery::Options& options);

/// Returns what a rehearsal of this very copy took, scaled to the size that is asked for. The latest one
/// counts.
[[nodiscard]] std::optional<double> rehearsed_seconds(const discovery::Discovery& found,
                                                      const discovery::Options& options, int jobs);

/// Corrects a forecast of `predicted` seconds, made with the rates that pghaul ships, by what earlier copies
/// took: a rehearsal, or else all between the two servers (`ratios`). For want of these it may be far off.
[[nodiscard]] measure::Report::Forecast corrected(double predicted, const std::vector<double>& ratios,
                                                  std::optional<double> rehearsed);

}  // namespace pghaul::estimate
