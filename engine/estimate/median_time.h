#pragma once

#include <chrono>
#include <vector>

#include "base/error.h"
#include "measure/sample_statistics.h"

namespace pghaul::estimate {

/// Repeats `work`, which is given the repetition's number, and returns the median of its seconds. It is
/// repeated often, but where servers are so busy that this would use up the time until `deadline`, a few
/// times only.
template <typename Work>
Result<double> median_seconds(std::chrono::steady_clock::time_point deadline, Work&& work) {
  constexpr int kRepeats = 15;
  constexpr int kFewestRepeats = 3;
  constexpr int kPartOfTime = 20;  // of what is left
  using Clock = std::chrono::steady_clock;
  std::vector<double> seconds;
  const auto began = Clock::now();
  const auto until = began + (deadline - began) / kPartOfTime;
  for (int i = 0; i < kRepeats && (i < kFewestRepeats || Clock::now() < until); ++i) {
    const auto start = Clock::now();
    if (const Status done = work(i); !done) return fail(done.error());
    seconds.push_back(measure::seconds_since(start));
  }
  return measure::median(seconds);
}

}  // namespace pghaul::estimate
