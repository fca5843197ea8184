#include "transport/level_chooser.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "transport/frame_encoder.h"

namespace pghaul::transport {
namespace {

constexpr LevelChooser::Frame kDiskLimits{
    .waited = 0.1, .packed = 0.2, .wrote = 0.7, .raw_bytes = 1_MiB, .stored_bytes = 512_KiB, .shrunk = true};
constexpr LevelChooser::Frame kCpuLimits{
    .waited = 0.1, .packed = 0.8, .wrote = 0.1, .raw_bytes = 1_MiB, .stored_bytes = 512_KiB, .shrunk = true};
constexpr LevelChooser::Frame kSourceLimits{
    .waited = 0.9, .packed = 0.1, .wrote = 0, .raw_bytes = 1_MiB, .stored_bytes = 512_KiB, .shrunk = true};
constexpr LevelChooser::Frame kIncompressible{
    .waited = 0.1, .packed = 0.1, .wrote = 0.1, .raw_bytes = 1_MiB, .stored_bytes = 1_MiB, .shrunk = false};

int level_after(LevelChooser& levels, const LevelChooser::Frame& frame, int times) {
  for (int i = 0; i < times; ++i) levels.saw(frame);
  return levels.level();
}

TEST(LevelChooser, BeginsWithTheUsualLevel) {
  EXPECT_EQ(LevelChooser({}, FrameEncoder::kStore).level(), 1);
}

/// Rows that each level makes a tenth smaller than the one before it.
LevelChooser::Frame smaller_at(int level, LevelChooser::Frame frame) {
  for (const int below : {FrameEncoder::kStore, -4, 1, 3, 5, 7}) {
    if (below < level) frame.stored_bytes -= frame.stored_bytes / 10;
  }
  return frame;
}

TEST(LevelChooser, CompressesMoreWhenTheDiskOrLinkLimits) {
  LevelChooser levels({}, FrameEncoder::kStore);
  EXPECT_EQ(level_after(levels, kDiskLimits, 8), 3);
  for (int i = 0; i < 800; ++i) levels.saw(smaller_at(levels.level(), kDiskLimits));
  EXPECT_EQ(levels.level(), 9);
}

TEST(LevelChooser, SeldomTriesALevelThatBringsNothing) {
  LevelChooser levels({}, FrameEncoder::kStore);
  int higher = 0;
  constexpr int kFrames = 20'000;
  for (int frame = 0; frame < kFrames; ++frame) {
    higher += levels.level() > 1 ? 1 : 0;
    levels.saw(kDiskLimits);
  }
  EXPECT_GT(higher, 0);
  EXPECT_LT(higher, kFrames / 20);
}

TEST(LevelChooser, CompressesLessWhenTheCpuLimits) {
  LevelChooser levels({}, FrameEncoder::kStore);
  EXPECT_EQ(level_after(levels, kCpuLimits, 8), -4);
  EXPECT_EQ(level_after(levels, kCpuLimits, 800), FrameEncoder::kStore);
}

TEST(LevelChooser, ComesDownNoFurtherThanItMay) {
  LevelChooser levels({}, 1);
  EXPECT_EQ(level_after(levels, kCpuLimits, 800), 1);
}

TEST(LevelChooser, StoresOnALineThatIsFasterThanTheSource) {
  LevelChooser levels({}, FrameEncoder::kStore);
  EXPECT_EQ(level_after(levels, kSourceLimits, 800), FrameEncoder::kStore);
  LevelChooser of_archive({}, 1);
  EXPECT_EQ(level_after(of_archive, kSourceLimits, 800), 1);
}

/// Buffers on the way fill first, and a level that hardly compresses brings nothing for many kinds of rows.
TEST(LevelChooser, IsNotMisledByALineThatIsSlowOnlyOnceItIsFull) {
  LevelChooser levels({}, FrameEncoder::kStore);
  EXPECT_EQ(level_after(levels, kSourceLimits, 24), 1);
  EXPECT_EQ(level_after(levels, kSourceLimits, 800), FrameEncoder::kStore);
  LevelChooser::Frame slow = kDiskLimits;
  slow.stored_bytes = slow.raw_bytes;
  EXPECT_EQ(level_after(levels, slow, 8), 1);
}

TEST(LevelChooser, SeldomTriesToStoreOnALineThatOnlyCompressionMakesFastEnough) {
  LevelChooser levels({}, FrameEncoder::kStore);
  int stored = 0;
  constexpr int kFrames = 20'000;
  for (int frame = 0; frame < kFrames; ++frame) {
    const bool enough = levels.level() != FrameEncoder::kStore;
    stored += enough ? 0 : 1;
    LevelChooser::Frame slow = kDiskLimits;
    slow.stored_bytes = slow.raw_bytes;
    levels.saw(enough ? kSourceLimits : slow);
  }
  EXPECT_GT(stored, 0);
  EXPECT_LT(stored, kFrames / 20);
}

TEST(LevelChooser, StoresWhatDoesNotShrinkAndTriesAgain) {
  LevelChooser levels({}, 1);
  EXPECT_EQ(level_after(levels, kIncompressible, 4), FrameEncoder::kStore);
  EXPECT_EQ(level_after(levels, kIncompressible, 16), 1);
  EXPECT_EQ(level_after(levels, kIncompressible, 1), FrameEncoder::kStore);
}

TEST(LevelChooser, KeepsALevelThatWasAskedFor) {
  LevelChooser levels({7}, 1);
  EXPECT_EQ(level_after(levels, kCpuLimits, 100), 7);
  EXPECT_EQ(level_after(levels, kIncompressible, 100), 7);
}

TEST(Compression, IsReadFromWordsAndLevels) {
  EXPECT_FALSE(Compression::parse("auto")->level.has_value());
  EXPECT_EQ(Compression::parse("none")->level, FrameEncoder::kStore);
  EXPECT_EQ(Compression::parse("19")->level, 19);
  for (const char* wrong : {"", "20", "0", "-1", "3x", "fast"})
    EXPECT_FALSE(Compression::parse(wrong)) << wrong;
}

}  // namespace
}  // namespace pghaul::transport
