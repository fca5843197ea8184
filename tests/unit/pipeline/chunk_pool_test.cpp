#include "pipeline/chunk_pool.h"

#include <gtest/gtest.h>

#include <array>

#include "base/units.h"

namespace pghaul::pipeline {
namespace {

TEST(ChunkPool, HoldsTheChunksItWasAskedFor) {
  ChunkPool pool(3, 64_KiB);
  ASSERT_EQ(pool.size(), 3u);
  EXPECT_TRUE(pool[2].empty());
  EXPECT_GE(pool[2].memory_bytes(), 64_KiB);
}

TEST(ChunkPool, EmptiesAllItsChunks) {
  constexpr std::array<std::byte, 4> kRow{};
  ChunkPool pool(2, 1_KiB);
  pool[0].append(kRow);
  pool[1].append(kRow);
  pool.clear();
  EXPECT_TRUE(pool[0].empty());
  EXPECT_TRUE(pool[1].empty());
}

}  // namespace
}  // namespace pghaul::pipeline
