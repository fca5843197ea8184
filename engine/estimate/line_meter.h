#pragma once

#include <cstdint>
#include <memory>

#include "discovery/options.h"
#include "link/near_half.h"
#include "plan/cost.h"
#include "plan/lines.h"

namespace pghaul::estimate {

/// For how long samples keep the lines busy, and whether it is the lines that they waited for.
///
/// Threads  one.
class LineMeter {
 public:
  /// The links of `options` may still be used by others, as long as they carry nothing to speak of.
  LineMeter(const plan::Lines& lines, const discovery::Options& options);

  /// From here on rows cross.
  void start();
  /// Until here, as many bytes: packed, where a link has its far half pack them.
  [[nodiscard]] plan::Crossing crossed(std::uint64_t row_bytes);
  /// Rows that a server sends so that they are digested; by its far half, they don't cross.
  [[nodiscard]] double digested_from_target(std::uint64_t row_bytes) const noexcept;

  /// Seconds without the answers that were waited for.
  [[nodiscard]] double without_answers(double seconds, double of_source, double of_target) const noexcept;
  /// Whether rows that cross for so long explain why all took as long as it did. Then the servers' own share
  /// of it can't be told.
  [[nodiscard]] static bool held_up(const plan::Crossing& rows, double seconds) noexcept;

 private:
  plan::Lines lines_;
  std::shared_ptr<link::NearHalf> source_link_, target_link_;  // nullptr: none
  std::uint64_t source_before_ = 0;
  std::uint64_t target_before_ = 0;
};

}  // namespace pghaul::estimate
