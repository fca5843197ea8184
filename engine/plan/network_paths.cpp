#include "plan/network_paths.h"

#include <algorithm>

namespace pghaul::plan {
namespace {

constexpr double kPacked = 0.4;  // measured: ratio to which a link packs rows of numbers and short texts
constexpr double kPackedToast = 0.15;  // estimate: ratio for large values, which mostly repeat themselves

}  // namespace

double NetworkPaths::round_trip() const noexcept {
  return std::max(source.round_trip, target.round_trip);
}

void add_lines(Rates& rates, const NetworkPaths& lines) noexcept {
  rates.source_answer = lines.source.round_trip;
  rates.target_answer = lines.target.round_trip;
  rates.restore_answer = lines.target.has_far_half ? 0 : lines.target.round_trip;
  const auto pack = [&](const NetworkPath& line, double& gb, double& toast_gb) {
    gb = line.seconds_per_gb * (line.has_far_half ? kPacked : 1);
    toast_gb = line.seconds_per_gb * rates.toast_on_line * (line.has_far_half ? kPackedToast : 1);
  };
  pack(lines.source, rates.copy_from_gb, rates.copy_from_toast_gb);
  pack(lines.target, rates.copy_to_gb, rates.copy_to_toast_gb);
  rates.read_source_gb = lines.source.has_far_half ? 0 : lines.source.seconds_per_gb;
  rates.read_target_gb = lines.target.has_far_half ? 0 : lines.target.seconds_per_gb;
}

}  // namespace pghaul::plan
