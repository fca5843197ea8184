#include "measure/rate.h"

namespace pghaul::measure {
namespace {

constexpr double kWindowSeconds = 5;
constexpr double kShortestSeconds = 0.5;

}  // namespace

void Rate::take(double seconds, std::uint64_t bytes) {
  if (!recent_.empty() && bytes < recent_.back().bytes) recent_.clear();
  recent_.push_back({seconds, bytes});
  while (recent_.size() > 2 && recent_[1].seconds <= seconds - kWindowSeconds) recent_.pop_front();
}

std::optional<double> Rate::bytes_per_second() const {
  if (recent_.size() < 2) return std::nullopt;
  const double seconds = recent_.back().seconds - recent_.front().seconds;
  if (seconds < kShortestSeconds) return std::nullopt;
  return static_cast<double>(recent_.back().bytes - recent_.front().bytes) / seconds;
}

}  // namespace pghaul::measure
