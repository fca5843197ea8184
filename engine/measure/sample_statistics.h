#pragma once

#include <chrono>
#include <vector>

namespace pghaul::measure {

[[nodiscard]] double seconds_since(std::chrono::steady_clock::time_point start);
/// Returns the median of at least one value; of an even number, the upper one of the middle two.
[[nodiscard]] double median(std::vector<double> values);
/// Returns the standard deviation of factors that are given by their logarithms.
[[nodiscard]] double spread_of(const std::vector<double>& logarithms);

}  // namespace pghaul::measure
