#pragma once

#include <vector>

#include "plan/outlook.h"

namespace pghaul::plan {

/// How far costs may be off: standard deviations of their logarithms. An error of one kind does not tell of
/// the others.
struct Doubt {
  double overall = 0.10;  // of everything alike: the machines are busier or idler than they were
  double kind = 0.10;     // of all tasks of a kind alike: what the rates get wrong
  double task = 0.15;     // of each task by itself
};

struct Interval {
  double low = 0;   // 10 of 100 copies take less
  double high = 0;  // 10 of 100 take more
};

/// Looks ahead many times over, with costs that vary by `doubt`; the same every time for the same arguments.
/// Of a large graph fewer times.
[[nodiscard]] Interval likely_seconds(const Plan& plan, const Rates& rates, const Surroundings& surroundings,
                                      const Machines& machines, const Doubt& doubt);

}  // namespace pghaul::plan
