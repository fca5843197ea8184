#pragma once

#include <vector>

#include "plan/copy_forecast.h"

namespace pghaul::plan {

/// The uncertainty of costs: standard deviations of their logarithms. Errors of each kind are independent.
struct Uncertainty {
  double overall = 0.10;  // all costs alike: the machines are busier or idler than they were
  double kind = 0.10;     // all tasks of a kind alike: an error in the rates
  double task = 0.15;     // each task by itself
};

struct Interval {
  double low = 0;   // 10 of 100 copies take less
  double high = 0;  // 10 of 100 take more
};

/// Runs look_ahead() many times with costs that vary by `doubt`, fewer times for a large graph. Equal
/// arguments give equal results.
[[nodiscard]] Interval likely_seconds(const Plan& plan, const Rates& rates, const OutsideTasks& surroundings,
                                      const Machines& machines, const Uncertainty& doubt);

}  // namespace pghaul::plan
