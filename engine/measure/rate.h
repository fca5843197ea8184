#pragma once

#include <cstdint>
#include <deque>
#include <optional>

namespace pghaul::measure {

/// How fast bytes have moved over the last few seconds.
///
/// Threads  one at a time.
class Rate {
 public:
  /// `seconds` and `bytes` since the start. Fewer bytes than before: some have to be moved again.
  void take(double seconds, std::uint64_t bytes);
  /// Bytes per second; nothing until there is enough to tell.
  [[nodiscard]] std::optional<double> bytes_per_second() const;

 private:
  struct Point {
    double seconds;
    std::uint64_t bytes;
  };
  std::deque<Point> recent_;
};

}  // namespace pghaul::measure
