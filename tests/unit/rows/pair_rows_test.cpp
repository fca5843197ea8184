#include "rows/pair_rows.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pghaul::rows {
namespace {

using Kind = Difference::Kind;
using postgres::CopyFormat;

/// A row of two columns whose first is the key, in the text format; `block`: where it lies.
FetchedRow row(const std::string& key, const std::string& value, std::uint32_t block) {
  return {.key = key, .row = key + "\t" + value + "\n", .place = {.relation = 0, .block = block, .line = 1}};
}

Locator place(std::uint32_t block) {
  return {.relation = 0, .block = block, .line = 1};
}

TEST(PairRows, FindsNoDifferenceInEqualRowsOfAnyOrder) {
  EXPECT_TRUE(
      pair_rows({row("1", "a", 1), row("2", "b", 2)}, {row("2", "b", 8), row("1", "a", 9)}, CopyFormat::text)
          .empty());
}

TEST(PairRows, NamesMissingExtraAndChangedRowsInTheOrderOfKeys) {
  const std::vector<Difference> found =
      pair_rows({row("3", "c", 3), row("2", "b", 2), row("1", "a", 1)},
                {row("4", "d", 14), row("3", "c", 13), row("2", "B", 12)}, CopyFormat::text);
  EXPECT_EQ(found,
            (std::vector<Difference>{
                {.kind = Kind::missing, .source = place(1), .target = {}, .columns = {}, .bytes = 4},
                {.kind = Kind::changed, .source = place(2), .target = place(12), .columns = {1}, .bytes = 4},
                {.kind = Kind::extra, .source = {}, .target = place(14), .columns = {}, .bytes = 0}}));
}

TEST(PairRows, CountsARowThatIsThereTwiceOnOneSideAsOneDifference) {
  const std::vector<Difference> found =
      pair_rows({row("1", "a", 1)}, {row("1", "a", 11), row("1", "a", 12)}, CopyFormat::text);
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].kind, Kind::extra);
  EXPECT_EQ(found[0].target, place(12));
}

TEST(PairRows, PairsEqualRowsFirstWhereAKeyIsThereSeveralTimes) {
  const std::vector<Difference> found = pair_rows({row("1", "a", 1), row("1", "b", 2)},
                                                  {row("1", "b", 11), row("1", "c", 12)}, CopyFormat::text);
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].kind, Kind::changed);
  EXPECT_EQ(found[0].source, place(1));
  EXPECT_EQ(found[0].target, place(12));
}

TEST(PairRows, HasNoChangedRowsWithoutAKey) {
  const FetchedRow here{.key = "a\n", .row = "a\n", .place = place(1)};
  const FetchedRow there{.key = "b\n", .row = "b\n", .place = place(2)};
  const std::vector<Difference> found = pair_rows({here}, {there}, CopyFormat::text);
  ASSERT_EQ(found.size(), 2);
  EXPECT_EQ(found[0].kind, Kind::missing);
  EXPECT_EQ(found[1].kind, Kind::extra);
}

TEST(PairRows, NamesEveryColumnThatOneSideLacks) {
  const FetchedRow longer{.key = "1", .row = "1\tx\ty\n", .place = place(1)};
  const FetchedRow shorter{.key = "1", .row = "1\tx\n", .place = place(2)};
  const std::vector<Difference> found = pair_rows({longer}, {shorter}, CopyFormat::text);
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].columns, std::vector<std::uint32_t>{2});
}

}  // namespace
}  // namespace pghaul::rows
