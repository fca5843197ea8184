#pragma once

#include <cstdint>
#include <vector>

namespace pghaul::plan {

/// Heap blocks of a table, from `first` up to but without `end`.
///
/// The last range of a table is open-ended: a table may have grown since its size was read, and no row may
/// fall off the end.
struct PageRange {
  static constexpr std::uint32_t kOpen = 0xFFFFFFFFU;
  std::uint32_t first = 0;
  std::uint32_t end = kOpen;

  [[nodiscard]] bool whole() const noexcept { return first == 0 && end == kOpen; }
  friend bool operator==(const PageRange&, const PageRange&) = default;
};

/// The first version that doesn't read the whole table for every range.
inline constexpr int kFirstWithTidRangeScan = 140000;

/// Returns `parts` ranges of about equal length that cover every block once; fewer when there are fewer
/// blocks.
[[nodiscard]] std::vector<PageRange> split_pages(std::uint32_t pages, std::uint32_t parts);

}  // namespace pghaul::plan
