#include "pipeline/chunk_ring.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/units.h"
#include "pipeline/chunk_pool.h"

namespace pghaul::pipeline {
namespace {

TEST(ChunkRing, YieldsWhatWasPushedBeforeItWasClosed) {
  ChunkPool pool(2, 64_KiB);
  ChunkRing ring(pool.size());
  ring.push(&pool[0]);
  ring.close();
  EXPECT_EQ(ring.pop(), &pool[0]);
  EXPECT_EQ(ring.pop(), nullptr);
}

TEST(ChunkRing, TakesAllChunksOfThePoolAndKeepsTheirOrder) {
  ChunkPool pool(5, 1_KiB);
  ChunkRing ring(pool.size());
  for (std::size_t round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < pool.size(); ++i) ring.push(&pool[i]);
    for (std::size_t i = 0; i < pool.size(); ++i) EXPECT_EQ(ring.pop(), &pool[i]);
  }
}

TEST(ChunkRing, StaysClosed) {
  ChunkRing ring(1);
  ring.close();
  EXPECT_EQ(ring.pop(), nullptr);
  EXPECT_EQ(ring.pop(), nullptr);
}

TEST(ChunkRing, WakesWhoWaitsForAChunk) {
  ChunkPool pool(1, 1_KiB);
  ChunkRing ring(pool.size());
  Chunk* popped = nullptr;
  std::thread popper([&] { popped = ring.pop(); });
  ring.push(&pool[0]);
  popper.join();
  EXPECT_EQ(popped, &pool[0]);
}

TEST(ChunkRing, WakesWhoWaitsWhenItIsClosed) {
  ChunkPool pool(1, 1_KiB);
  ChunkRing ring(pool.size());
  Chunk* popped = &pool[0];
  std::thread popper([&] { popped = ring.pop(); });
  ring.close();
  popper.join();
  EXPECT_EQ(popped, nullptr);
}

}  // namespace
}  // namespace pghaul::pipeline
