#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/options.h"
#include "estimate/sampler.h"
#include "plan/cost.h"
#include "plan/interval.h"
#include "plan/machines.h"

namespace pghaul::estimate {

/// Measurements of the pair of servers, in the terms of plan/, from which a copy is forecast.
struct Calibration {
  plan::Rates rates;
  plan::Factors factors;
  plan::Machines machines{1};
  plan::Uncertainty doubt;

  bool measured = false;  // false: only shipped figures
  std::vector<TableSample> samples;
  std::optional<double> source_cores, target_cores;
  std::vector<std::string> notes;  // measurements that failed, and why
};

/// Returns the shipped rates, with much uncertainty: for want of a target, or where nothing may be tried on
/// it.
[[nodiscard]] Calibration shipped(const discovery::Discovery& found);

/// Measures for at most `budget`. A measurement that fails becomes a note.
/// Errors  connection_lost, interrupted.
[[nodiscard]] Result<Calibration> calibrate(discovery::Discovery& found, const discovery::Options& options,
                                            std::chrono::duration<double> budget,
                                            const std::stop_token& stop);

/// Estimates how far samples may be off, given what they don't cover.
[[nodiscard]] plan::Uncertainty doubt_of(const catalog::Catalog& source,
                                         const std::vector<TableSample>& samples, bool tried_large_objects);

/// Makes everything take so many times as long.
void multiply(Calibration& calibration, const catalog::Catalog& source, double by);

/// Turns samples into factors. What was not sampled gets its partitions' factor, or else the median of all
/// samples, weighted by the work that they stand for; tiny tables that of the group of tiny ones. Where there
/// is no sample: `otherwise`.
[[nodiscard]] plan::Factors factors_of(const catalog::Catalog& source,
                                       const std::vector<TableSample>& samples, double otherwise);

}  // namespace pghaul::estimate
