#include <benchmark/benchmark.h>

#include <vector>

#include "base/units.h"
#include "support/memory_source.h"
#include "support/rows.h"
#include "verify/row_digest.h"

namespace pghaul {
namespace {

using pipeline::Chunk;
using support::make_rows;
using support::MemorySource;
using support::RowSet;
using verify::RowDigest;

constexpr std::size_t kBytes = 32_MiB;

/// The rows of a set in chunks of the lane's usual size.
std::vector<Chunk> chunks_of(const RowSet& rows) {
  MemorySource source(rows);
  std::vector<Chunk> chunks;
  do chunks.emplace_back(256_KiB);
  while (source.fill(chunks.back()) && !chunks.back().empty());
  return chunks;
}

// Question  what does the digest cost beside the rows' way from server to server?
// Baseline  DigestPlain, below: the rows are walked and nothing is made of them but a sum of their lengths.
void DigestOfRows(benchmark::State& state) {
  const auto row_bytes = static_cast<std::size_t>(state.range(0));
  const RowSet rows = make_rows(kBytes / row_bytes, row_bytes, row_bytes, 7);
  const std::vector<Chunk> chunks = chunks_of(rows);
  for (auto _ : state) {
    RowDigest digest;
    for (const Chunk& chunk : chunks) digest.see(chunk);
    if (digest.digest().rows != rows.rows.size()) state.SkipWithError("rows were lost");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(rows.bytes()));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows.rows.size()));
}
BENCHMARK(DigestOfRows)->Arg(16)->Arg(64)->Arg(300)->Arg(8_KiB)->Arg(1_MiB);

void DigestPlain(benchmark::State& state) {
  const auto row_bytes = static_cast<std::size_t>(state.range(0));
  const RowSet rows = make_rows(kBytes / row_bytes, row_bytes, row_bytes, 7);
  const std::vector<Chunk> chunks = chunks_of(rows);
  for (auto _ : state) {
    std::size_t bytes = 0;
    for (const Chunk& chunk : chunks) {
      for (std::size_t i = 0; i < chunk.rows(); ++i) bytes += chunk.row(i).size();
    }
    if (bytes != rows.bytes()) state.SkipWithError("rows were lost");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows.rows.size()));
}
BENCHMARK(DigestPlain)->Arg(16)->Arg(64)->Arg(300)->Arg(8_KiB)->Arg(1_MiB);

}  // namespace
}  // namespace pghaul
