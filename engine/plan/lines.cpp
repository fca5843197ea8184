#include "plan/lines.h"

#include <algorithm>

namespace pghaul::plan {
namespace {

constexpr double kPacked = 0.4;  // measured: what a link makes of rows, of numbers and texts mostly

double row_seconds(const Line& line) noexcept {
  return line.seconds_per_gb * (line.has_far_half ? kPacked : 1);
}

}  // namespace

double Lines::round_trip() const noexcept {
  return std::max(source.round_trip, target.round_trip);
}

void add_lines(Rates& rates, const Lines& lines) noexcept {
  rates.source_answer = lines.source.round_trip;
  rates.target_answer = lines.target.round_trip;
  rates.restore_answer = lines.target.has_far_half ? 0 : lines.target.round_trip;
  rates.copy_from_gb = row_seconds(lines.source);
  rates.copy_to_gb = row_seconds(lines.target);
  rates.read_source_gb = lines.source.has_far_half ? 0 : lines.source.seconds_per_gb;
  rates.read_target_gb = lines.target.has_far_half ? 0 : lines.target.seconds_per_gb;
}

}  // namespace pghaul::plan
