#include "plan/page_range.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pghaul::plan {
namespace {

TEST(PageRange, CoverEveryBlockOnceWhateverTheNumbers) {
  for (const std::uint32_t pages : {1U, 2U, 7U, 1000U, 131071U, 0xFFFFFFFEU}) {
    for (const std::uint32_t parts : {1U, 2U, 3U, 8U, 64U}) {
      const std::vector<PageRange> ranges = split_pages(pages, parts);
      EXPECT_EQ(ranges.size(), std::min(pages, parts));
      EXPECT_EQ(ranges.front().first, 0U);
      EXPECT_EQ(ranges.back().end, PageRange::kOpen);
      for (std::size_t i = 1; i < ranges.size(); ++i) EXPECT_EQ(ranges[i].first, ranges[i - 1].end);
    }
  }
}

TEST(PageRange, DifferInLengthByOneBlockAtMost) {
  std::vector<PageRange> ranges = split_pages(1000, 7);
  ranges.back().end = 1000;
  for (const PageRange& range : ranges) {
    EXPECT_GE(range.end - range.first, 142U);
    EXPECT_LE(range.end - range.first, 143U);
  }
}

TEST(PageRange, OfAnEmptyTableIsStillOneAndOpen) {
  EXPECT_EQ(split_pages(0, 4), std::vector<PageRange>{PageRange{}});
  EXPECT_TRUE(split_pages(0, 4)[0].whole());
}

}  // namespace
}  // namespace pghaul::plan
