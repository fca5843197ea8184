#include "pipeline/chunk_ring.h"

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <thread>

#include "pipeline/chunk_pool.h"

namespace pghaul::pipeline {
namespace {

constexpr std::uint64_t kRounds = 100'000;

void write_number(Chunk& chunk, std::uint64_t number) {
  chunk.append(std::as_bytes(std::span(&number, 1)));
}

std::uint64_t read_number(const Chunk& chunk) {
  std::uint64_t number = 0;
  std::memcpy(&number, chunk.bytes().data(), sizeof(number));
  return number;
}

class ChunksGoRound : public testing::TestWithParam<std::size_t> {};

TEST_P(ChunksGoRound, AndTheirBytesArriveInOrder) {
  ChunkPool pool(GetParam(), 64);
  ChunkRing full(pool.size());
  ChunkRing empty(pool.size());
  for (std::size_t i = 0; i < pool.size(); ++i) empty.push(&pool[i]);

  std::thread reader([&] {
    for (std::uint64_t number = 0; number < kRounds; ++number) {
      Chunk* chunk = empty.pop();
      write_number(*chunk, number);
      full.push(chunk);
    }
    full.close();
  });

  std::uint64_t expected = 0;
  std::uint64_t wrong = 0;
  while (Chunk* chunk = full.pop()) {
    if (read_number(*chunk) != expected++) ++wrong;
    chunk->clear();
    empty.push(chunk);
  }
  reader.join();
  EXPECT_EQ(expected, kRounds);
  EXPECT_EQ(wrong, 0u);
}

INSTANTIATE_TEST_SUITE_P(ThroughRings, ChunksGoRound, testing::Values(1, 2, 4, 16),
                         testing::PrintToStringParamName());

TEST(ClosingARing, LosesNothingThatWasPushedJustBefore) {
  constexpr std::size_t kRings = 50'000;
  ChunkPool pool(1, 64);
  std::deque<ChunkRing> rings;
  for (std::size_t i = 0; i < kRings; ++i) rings.emplace_back(pool.size());

  std::thread pusher([&] {
    for (ChunkRing& ring : rings) {
      ring.push(&pool[0]);
      ring.close();
    }
  });
  std::size_t popped = 0;
  for (ChunkRing& ring : rings) {
    while (ring.pop() != nullptr) ++popped;
  }
  pusher.join();
  EXPECT_EQ(popped, kRings);
}

}  // namespace
}  // namespace pghaul::pipeline
