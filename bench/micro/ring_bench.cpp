#include <benchmark/benchmark.h>

#include <cstring>
#include <thread>
#include <vector>

#include "base/units.h"
#include "pipeline/chunk_pool.h"
#include "pipeline/chunk_ring.h"

namespace pghaul {
namespace {

using pipeline::Chunk;
using pipeline::ChunkPool;
using pipeline::ChunkRing;

constexpr std::size_t kChunksPerIteration = 2000;

/// Sends chunks round a pair of rings: `fill` on a thread of its own, `drain` on this one.
template <typename Fill, typename Drain>
void go_round(ChunkPool& pool, std::size_t count, Fill fill, Drain drain) {
  ChunkRing full(pool.size());
  ChunkRing empty(pool.size());
  for (std::size_t i = 0; i < pool.size(); ++i) empty.push(&pool[i]);
  std::thread reader([&] {
    for (std::size_t i = 0; i < count; ++i) {
      Chunk* chunk = empty.pop();
      fill(*chunk);
      full.push(chunk);
    }
    full.close();
  });
  while (Chunk* chunk = full.pop()) {
    drain(*chunk);
    empty.push(chunk);
  }
  reader.join();
}

// Question  what does handing a chunk over and getting it back cost, when nothing is done with it?
// Baseline  none: it is pure overhead, to be held against the time that filling a chunk takes.
void RingHandOver(benchmark::State& state) {
  ChunkPool pool(static_cast<std::size_t>(state.range(0)), 64);
  for (auto _ : state) {
    std::size_t drained = 0;
    go_round(
        pool, kChunksPerIteration, [](Chunk&) {}, [&](const Chunk&) { ++drained; });
    if (drained != kChunksPerIteration) state.SkipWithError("chunks were lost");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kChunksPerIteration));
}
BENCHMARK(RingHandOver)->RangeMultiplier(2)->Range(1, 16)->UseRealTime()->MeasureProcessCPUTime();

/// One chunk's worth of bytes on either side of the ring: where they come from, and where they go.
struct Ends {
  explicit Ends(std::size_t chunk_bytes) : from(chunk_bytes, std::byte{7}), to(chunk_bytes) {}
  void fill(Chunk& chunk) const {
    chunk.clear();
    chunk.append(from);
  }
  void drain(const Chunk& chunk) {
    std::memcpy(to.data(), chunk.bytes().data(), chunk.bytes().size());
    benchmark::ClobberMemory();
  }
  std::vector<std::byte> from;
  std::vector<std::byte> to;
};

// Question  how many bytes a second does a ring carry that are copied in on one core, out on the other?
// Baseline  RingBytesPlain: the same two copies, one after the other, on one thread.
void RingBytes(benchmark::State& state) {
  const auto chunk_bytes = static_cast<std::size_t>(state.range(0));
  Ends ends(chunk_bytes);
  ChunkPool pool(static_cast<std::size_t>(state.range(1)), chunk_bytes);
  for (auto _ : state) {
    go_round(
        pool, kChunksPerIteration, [&](Chunk& chunk) { ends.fill(chunk); },
        [&](const Chunk& chunk) { ends.drain(chunk); });
    if (ends.to != ends.from) state.SkipWithError("bytes were lost");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kChunksPerIteration * chunk_bytes));
}
BENCHMARK(RingBytes)
    ->ArgNames({"bytes", "chunks"})
    ->ArgsProduct({{16_KiB, 64_KiB, 256_KiB, 1_MiB}, {2, 4, 8, 16}})
    ->UseRealTime()
    ->MeasureProcessCPUTime();

void RingBytesPlain(benchmark::State& state) {
  const auto chunk_bytes = static_cast<std::size_t>(state.range(0));
  Ends ends(chunk_bytes);
  Chunk chunk(chunk_bytes);
  for (auto _ : state) {
    for (std::size_t i = 0; i < kChunksPerIteration; ++i) {
      ends.fill(chunk);
      ends.drain(chunk);
    }
    if (ends.to != ends.from) state.SkipWithError("bytes were lost");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kChunksPerIteration * chunk_bytes));
}
BENCHMARK(RingBytesPlain)->ArgName("bytes")->RangeMultiplier(4)->Range(16_KiB, 1_MiB)->UseRealTime();

}  // namespace
}  // namespace pghaul
