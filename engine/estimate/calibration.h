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

/// What was measured on the pair of servers, in the words of plan/: what a forecast is made of.
struct Calibration {
  plan::Rates rates;
  plan::Factors factors;
  plan::Machines machines{1};
  plan::Doubt doubt;

  bool measured = false;  // not only shipped figures
  std::vector<TableSample> samples;
  std::optional<double> source_cores, target_cores;
  std::vector<std::string> notes;  // what could not be measured, and why
};

/// Without a target, or where it may not be tried: the shipped rates, and much doubt.
[[nodiscard]] Calibration shipped(const discovery::Discovery& found);

/// Measures for at most `budget`. What fails becomes a note.
/// Errors  connection_lost, interrupted.
[[nodiscard]] Result<Calibration> calibrate(discovery::Discovery& found, const discovery::Options& options,
                                            std::chrono::duration<double> budget,
                                            const std::stop_token& stop);

/// How far samples may be off, and what they don't stand for.
[[nodiscard]] plan::Doubt doubt_of(const catalog::Catalog& source, const std::vector<TableSample>& samples,
                                   bool tried_large_objects);

/// Everything takes so many times as long.
void multiply(Calibration& calibration, const catalog::Catalog& source, double by);

/// Puts what samples say into factors: of what was not sampled, what its partitions' or else the median of
/// all samples says, weighted by the work that they stand for; of tiny tables, what the batch of tiny ones
/// says. Where there is no sample: `otherwise`.
[[nodiscard]] plan::Factors factors_of(const catalog::Catalog& source,
                                       const std::vector<TableSample>& samples, double otherwise);

}  // namespace pghaul::estimate
