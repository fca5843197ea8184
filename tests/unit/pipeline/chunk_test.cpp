#include "pipeline/chunk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/units.h"

namespace pghaul::pipeline {
namespace {

std::vector<std::byte> row_of(std::size_t bytes, int value) {
  return std::vector<std::byte>(bytes, static_cast<std::byte>(value));
}

TEST(Chunk, GivesRowsBackAsTheyCame) {
  Chunk chunk(1_KiB);
  chunk.append(row_of(3, 1));
  chunk.append(row_of(0, 2));
  chunk.append(row_of(5, 3));
  ASSERT_EQ(chunk.rows(), 3u);
  EXPECT_TRUE(std::ranges::equal(chunk.row(0), row_of(3, 1)));
  EXPECT_TRUE(chunk.row(1).empty());
  EXPECT_TRUE(std::ranges::equal(chunk.row(2), row_of(5, 3)));
  EXPECT_EQ(chunk.bytes().size(), 8u);
}

TEST(Chunk, HasRoomUpToItsCapacity) {
  Chunk chunk(100);
  chunk.append(row_of(60, 1));
  EXPECT_TRUE(chunk.has_room_for(40));
  EXPECT_FALSE(chunk.has_room_for(41));
}

TEST(Chunk, IsFullOfTinyRowsBeforeTheirEndsOutgrowTheirBytes) {
  Chunk chunk(10 * Chunk::kBytesPerRow);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(chunk.has_room_for(2));
    chunk.append(row_of(2, i));
  }
  EXPECT_FALSE(chunk.has_room_for(2));
}

TEST(Chunk, TakesARowWiderThanItselfAlone) {
  Chunk chunk(100);
  EXPECT_TRUE(chunk.has_room_for(1_MiB));
  chunk.append(row_of(1_MiB, 7));
  EXPECT_EQ(chunk.row(0).size(), 1_MiB);
  EXPECT_FALSE(chunk.has_room_for(1));
}

TEST(Chunk, SmallerThanAnyRowStillTakesOne) {
  Chunk chunk(1);
  EXPECT_TRUE(chunk.has_room_for(2));
  chunk.append(row_of(2, 7));
  EXPECT_FALSE(chunk.has_room_for(2));
}

TEST(Chunk, IsAsNewOnceCleared) {
  Chunk chunk(100);
  chunk.append(row_of(100, 7));
  chunk.clear();
  EXPECT_TRUE(chunk.empty());
  EXPECT_TRUE(chunk.bytes().empty());
  EXPECT_TRUE(chunk.has_room_for(100));
}

TEST(Chunk, KeepsItsMemoryWhenCleared) {
  Chunk chunk(100);
  chunk.append(row_of(100, 7));
  const std::byte* const memory = chunk.bytes().data();
  chunk.clear();
  chunk.append(row_of(100, 7));
  EXPECT_EQ(chunk.bytes().data(), memory);
}

TEST(Chunk, GivesBackWhatAWideRowMadeItGrowBy) {
  Chunk chunk(100);
  chunk.append(row_of(1_MiB, 7));
  chunk.clear();
  chunk.append(row_of(60, 1));
  EXPECT_FALSE(chunk.has_room_for(41));
  EXPECT_EQ(chunk.memory_bytes(), Chunk(100).memory_bytes());
}

}  // namespace
}  // namespace pghaul::pipeline
