#pragma once

#include <cstdint>
#include <memory>

#include "link/near_half.h"
#include "plan/cost.h"
#include "plan/network_paths.h"

namespace pghaul::estimate {

/// Measures for how long samples keep the lines busy, and whether they waited for the lines.
///
/// Threads  one.
class LineMeter {
 public:
  /// The links may be in use, as long as they carry next to nothing; nullptr: there is none.
  LineMeter(const plan::NetworkPaths& lines, std::shared_ptr<link::NearHalf> source_link,
            std::shared_ptr<link::NearHalf> target_link);

  /// Begins a measurement: from here on rows cross.
  void start();
  /// Ends it after so many bytes of rows, which cross packed where a link has a far half.
  [[nodiscard]] plan::LineTime crossed(std::uint64_t row_bytes);
  /// Returns the line time of rows that a server sends to be digested; with a far half they don't cross.
  [[nodiscard]] double digested_from_target(std::uint64_t row_bytes) const noexcept;

  /// Returns `seconds` without the time in which answers were waited for.
  [[nodiscard]] double without_answers(double seconds, double of_source, double of_target) const noexcept;
  /// Tells whether rows that cross for so long explain all of `seconds`. Then the servers' own share can't be
  /// known.
  [[nodiscard]] static bool held_up(const plan::LineTime& rows, double seconds) noexcept;

 private:
  plan::NetworkPaths lines_;
  std::shared_ptr<link::NearHalf> source_link_, target_link_;  // nullptr: none
  std::uint64_t source_before_ = 0;
  std::uint64_t target_before_ = 0;
};

}  // namespace pghaul::estimate
