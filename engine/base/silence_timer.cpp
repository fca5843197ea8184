#include "base/silence_timer.h"

#include <algorithm>

namespace pghaul {

SilenceTimer::SilenceTimer(Duration limit, Duration interval, Time now) noexcept
    : limit_(std::max(limit, interval)), interval_(interval), heard_(now), probed_(now) {}

SilenceTimer::Due SilenceTimer::due(Time now) const noexcept {
  if (left(now) <= Duration::zero()) return Due::giving_up;
  return now - probed_ >= interval_ ? Due::probe : Due::nothing;
}

SilenceTimer::Duration SilenceTimer::until_due(Time now) const noexcept {
  return std::min(left(now), probed_ + interval_ - now);
}

/// A server that has gone is noticed soon, and no loop is busy, however short the limit is.
std::chrono::milliseconds probe_interval(std::chrono::milliseconds limit) noexcept {
  constexpr std::chrono::milliseconds kShortest{250};
  constexpr std::chrono::milliseconds kLongest{30'000};
  return std::clamp(limit / 4, kShortest, kLongest);
}

}  // namespace pghaul
