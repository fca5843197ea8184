#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pghaul::measure {

/// The progress of a run at one moment.
struct Sample {
  double at = 0;  // seconds since the run's start
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  std::string bottleneck;  // as Progress has it
};

/// Keeps samples of a run of any length in bounded memory: when they become too many, every other one goes,
/// and from then on they are taken half as often. The first and the latest always stay.
///
/// Threads  one at a time.
class Samples {
 public:
  void take(Sample sample);
  [[nodiscard]] std::vector<Sample> all() const;

 private:
  void thin_out();

  std::vector<Sample> kept_;
  std::vector<Sample> latest_;  // none or one: newer than what is kept, and too near to be kept itself
  double interval_ = 0.2;       // seconds between two that are kept
};

}  // namespace pghaul::measure
