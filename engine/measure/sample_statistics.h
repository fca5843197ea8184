#pragma once

#include <chrono>
#include <vector>

namespace pghaul::measure {

[[nodiscard]] double seconds_since(std::chrono::steady_clock::time_point start);
/// Of at least one value; the upper one, of an even number.
[[nodiscard]] double median(std::vector<double> values);
/// The standard deviation, of factors by their logarithms.
[[nodiscard]] double spread_of(const std::vector<double>& logarithms);

}  // namespace pghaul::measure
