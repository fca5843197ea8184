#include "measure/sample_statistics.h"

#include <algorithm>
#include <cmath>

namespace pghaul::measure {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double spread_of(const std::vector<double>& logarithms) {
  const auto count = static_cast<double>(logarithms.size());
  double mean = 0;
  for (const double one : logarithms) mean += one / count;
  double squares = 0;
  for (const double one : logarithms) squares += (one - mean) * (one - mean);
  return std::sqrt(squares / count);
}

}  // namespace pghaul::measure
