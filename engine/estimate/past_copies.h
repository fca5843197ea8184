#pragma once

#include <optional>
#include <vector>

#include "discovery/discovery.h"
#include "discovery/options.h"
#include "measure/report.h"

namespace pghaul::estimate {

/// How many times as long as forecast earlier copies took, ascending.
struct PastRatios {
  std::vector<double> values;
  bool of_this_database = false;  // all of them
};

/// Returns those of the copies of this database between the two servers, where there are enough; otherwise of
/// all copies between them.
[[nodiscard]] PastRatios past_ratios(const discovery::Discovery& found, const discovery::Options& options);

/// Returns what a rehearsal of this very copy took, scaled to the size that is asked for. The latest one
/// counts.
[[nodiscard]] std::optional<double> rehearsed_seconds(const discovery::Discovery& found,
                                                      const discovery::Options& options, int jobs);

/// Corrects a forecast of `predicted` seconds, made with the rates that pghaul ships, by what earlier copies
/// took: a rehearsal, or else `past`. Copies of other databases tell less, and for want of any it may be far
/// off. `slowdown`: probe_slowdown(), which moves the range where no copies are known; otherwise it widens
/// the range where the servers are busy.
[[nodiscard]] measure::Report::Forecast corrected(double predicted, const PastRatios& past,
                                                  std::optional<double> rehearsed,
                                                  std::optional<double> slowdown = {});

}  // namespace pghaul::estimate
