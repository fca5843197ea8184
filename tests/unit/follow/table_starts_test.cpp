#include "follow/table_starts.h"

#include <gtest/gtest.h>

namespace pghaul::follow {
namespace {

constexpr std::uint32_t kEarly = 1;
constexpr std::uint32_t kLate = 2;
constexpr std::uint32_t kLatest = 3;

const Progress kProgress{.snapshot = "100:110:105",
                         .snapshot_until = {1'000},
                         .late_tables = {{kLate, "120:130:125", {2'000}}, {kLatest, "140:140:", {3'000}}}};

TEST(TableStarts, CoverWhatEachTablesOwnSnapshotSaw) {
  TableStarts starts = TableStarts::of(kProgress).value();
  starts.begin(90, {500});
  EXPECT_TRUE(starts.cover(kEarly) && starts.cover(kLate) && starts.cover(kLatest));
  starts.begin(105, {900});  // was in progress when the first tables were copied
  EXPECT_FALSE(starts.cover(kEarly));
  EXPECT_TRUE(starts.cover(kLate));
  starts.begin(125, {1'900});
  EXPECT_FALSE(starts.cover(kLate)) << "was in progress when it was copied";
  EXPECT_TRUE(starts.cover(kLatest));
  starts.begin(139, {2'100});
  EXPECT_FALSE(starts.cover(kLate)) << "committed later than its snapshot was taken";
  EXPECT_TRUE(starts.cover(kLatest));
  starts.begin(139, {3'000});
  EXPECT_FALSE(starts.cover(kLatest));
}

TEST(TableStarts, AreTheCopysForAllOtherTables) {
  TableStarts starts = SnapshotStart::parse("100:110:105", {1'000}).value();
  starts.begin(90, {500});
  EXPECT_TRUE(starts.cover(77));
  starts.begin(105, {500});
  EXPECT_FALSE(starts.cover(77));
}

TEST(TableStarts, AreNotMadeOfSomethingElse) {
  Progress progress = kProgress;
  progress.late_tables.front().snapshot = "x";
  EXPECT_FALSE(TableStarts::of(progress));
  progress = kProgress;
  progress.snapshot.clear();
  EXPECT_FALSE(TableStarts::of(progress));
}

}  // namespace
}  // namespace pghaul::follow
