#pragma once

#include <chrono>

namespace pghaul {

/// Tells, from when a peer was last heard, whether it is time to probe it or to give it up. Whoever waits for
/// the peer passes the time in, and does the waiting and the probing.
class SilenceTimer {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  enum class Due { nothing, probe, giving_up };

  /// The peer is given up after `limit`, and until then probed each `interval`: by the first of these at the
  /// earliest, where `limit` is less.
  SilenceTimer(Duration limit, Duration interval, Time now) noexcept;
  /// The peer is never probed.
  SilenceTimer(Duration limit, Time now) noexcept : SilenceTimer(limit, limit, now) {}

  void heard(Time now) noexcept { heard_ = probed_ = now; }
  /// A probe had no answer by now.
  void probed(Time now) noexcept { probed_ = now; }

  [[nodiscard]] Due due(Time now) const noexcept;
  /// Returns for how long nothing will be due; zero or less: something is.
  [[nodiscard]] Duration until_due(Time now) const noexcept;
  /// Returns for how long a probe may take.
  [[nodiscard]] Duration left(Time now) const noexcept { return heard_ + limit_ - now; }

 private:
  Duration limit_;
  Duration interval_;
  Time heard_;
  Time probed_;
};

/// Returns how often to probe a peer that is given up after `limit`.
[[nodiscard]] std::chrono::milliseconds probe_interval(std::chrono::milliseconds limit) noexcept;

}  // namespace pghaul
