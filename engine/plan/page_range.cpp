#include "plan/page_range.h"

#include <algorithm>

namespace pghaul::plan {

std::vector<PageRange> split_pages(std::uint32_t pages, std::uint32_t parts) {
  const std::uint64_t count = std::clamp(parts, 1U, std::max(pages, 1U));
  std::vector<PageRange> ranges;
  ranges.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto first = static_cast<std::uint32_t>(pages * i / count);
    const auto end = static_cast<std::uint32_t>(pages * (i + 1) / count);
    ranges.push_back({first, end});
  }
  ranges.back().end = PageRange::kOpen;
  return ranges;
}

}  // namespace pghaul::plan
