#pragma once

#include <cstdint>
#include <deque>
#include <optional>

namespace pghaul::measure {

/// The throughput over the last few seconds.
///
/// Threads  one at a time.
class Rate {
 public:
  /// Records `bytes` moved in `seconds` since the start. Fewer bytes than before: some have to be moved
  /// again.
  void take(double seconds, std::uint64_t bytes);
  /// Returns bytes per second; nothing until enough was recorded.
  [[nodiscard]] std::optional<double> bytes_per_second() const;

 private:
  struct Point {
    double seconds;
    std::uint64_t bytes;
  };
  std::deque<Point> recent_;
};

}  // namespace pghaul::measure
