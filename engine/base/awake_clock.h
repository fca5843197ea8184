#pragma once

#include <algorithm>
#include <chrono>

namespace pghaul {

/// A clock that stands still while this process or its machine was suspended, when nobody could be heard.
class AwakeClock {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  /// `step`: how often it is read; more than twice that between two readings counts as a suspension.
  AwakeClock(Duration step, Time start) noexcept : longest_(2 * step), read_at_(start), now_(start) {}

  /// Reads it, where an ordinary clock says `time`.
  [[nodiscard]] Time at(Time time) noexcept {
    now_ += std::min(time - read_at_, longest_);
    read_at_ = time;
    return now_;
  }

 private:
  Duration longest_;
  Time read_at_;
  Time now_;
};

}  // namespace pghaul
