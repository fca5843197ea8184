#include <benchmark/benchmark.h>
#include <zstd.h>

#include <string>
#include <vector>

#include "base/units.h"
#include "support/memory_bytes.h"
#include "support/memory_source.h"
#include "support/rows.h"
#include "transport/frame_reader.h"
#include "transport/frame_writer.h"

namespace pghaul {
namespace {

using pipeline::Chunk;
using support::MemorySource;
using support::RowSet;
using transport::FrameDecoder;
using transport::FrameEncoder;
using transport::FrameReader;
using transport::FrameWriter;
using transport::LevelChooser;

/// Lines as an order table has them: they compress about as well as real ones do.
RowSet order_rows(std::size_t bytes) {
  const RowSet noise = support::make_rows(bytes / 100, 8, 8, 7);
  RowSet set;
  for (std::size_t i = 0; i < noise.rows.size(); ++i) {
    std::uint64_t random = 0;
    for (const std::byte byte : noise.rows[i]) random = random << 8 | std::to_integer<std::uint64_t>(byte);
    const std::string line = std::to_string(i) + "\t" + std::to_string(random % 100'000) + "\t2026-11-" +
                             std::to_string(random % 28 + 1) + " 12:" + std::to_string(random % 60) +
                             ":07\tcustomer" + std::to_string(random % 5'000) + "@example.com\tshipped\t" +
                             std::to_string(random % 100'000) + ".50\n";
    const auto raw = std::as_bytes(std::span(line));
    set.rows.emplace_back(raw.begin(), raw.end());
  }
  return set;
}

std::vector<Chunk> chunks_of(const RowSet& rows) {
  MemorySource source(rows);
  std::vector<Chunk> chunks;
  do chunks.emplace_back(256_KiB);
  while (source.fill(chunks.back()) && !chunks.back().empty());
  chunks.pop_back();
  return chunks;
}

/// Bytes that go nowhere.
class Nowhere : public transport::ByteOutput {
 public:
  Status write(std::span<const std::byte> bytes) override {
    written += bytes.size();
    return {};
  }
  std::size_t written = 0;
};

constexpr std::size_t kBytes = 64_MiB;

// Question  what do frames cost a lane's writer, at each level, and how small do rows become?
// Baseline  CompressWhole, below: zstd alone, over the same bytes in one piece.
void WriteFrames(benchmark::State& state) {
  const RowSet rows = order_rows(kBytes);
  const std::vector<Chunk> chunks = chunks_of(rows);
  FrameEncoder encoder(static_cast<std::size_t>(state.range(1)));
  LevelChooser levels({static_cast<int>(state.range(0))}, FrameEncoder::kStore);
  Nowhere output;
  for (auto _ : state) {
    output.written = 0;
    FrameWriter writer(encoder, levels, output);
    for (const Chunk& chunk : chunks) {
      if (!writer.drain(chunk)) state.SkipWithError("a chunk was refused");
    }
    if (!writer.finish() || writer.written().rows != rows.rows.size()) state.SkipWithError("rows were lost");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(rows.bytes()));
  state.counters["ratio"] = static_cast<double>(rows.bytes()) / static_cast<double>(output.written);
}
BENCHMARK(WriteFrames)->ArgNames({"level", "frame"})->ArgsProduct({{0, 1, 3, 5, 9}, {256_KiB, 1_MiB, 4_MiB}});

void CompressWhole(benchmark::State& state) {
  const RowSet rows = order_rows(kBytes);
  std::vector<std::byte> raw;
  for (const auto& row : rows.rows) raw.insert(raw.end(), row.begin(), row.end());
  std::vector<std::byte> packed(ZSTD_compressBound(raw.size()));
  ZSTD_CCtx* context = ZSTD_createCCtx();
  std::size_t bytes = 0;
  for (auto _ : state) {
    bytes = ZSTD_compressCCtx(context, packed.data(), packed.size(), raw.data(), raw.size(),
                              static_cast<int>(state.range(0)));
  }
  ZSTD_freeCCtx(context);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(raw.size()));
  state.counters["ratio"] = static_cast<double>(raw.size()) / static_cast<double>(bytes);
}
BENCHMARK(CompressWhole)->ArgName("level")->Arg(1)->Arg(3)->Arg(5)->Arg(9);

/// Reads the same bytes again and again.
class Again : public transport::ByteInput {
 public:
  explicit Again(const std::vector<std::byte>& bytes) : bytes_(&bytes) {}
  Result<std::size_t> read(std::span<std::byte> into) override {
    const std::size_t count = std::min(into.size(), bytes_->size() - at_);
    std::copy_n(bytes_->begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
    at_ += count;
    return count;
  }
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }

 private:
  const std::vector<std::byte>* bytes_;
  std::size_t at_ = 0;
  std::string name_ = "memory";
};

// Question  what do frames cost a lane's reader: unpacking, hash, and rows into chunks?
// Baseline  level 0: the same without zstd; MemorySource in LaneWithoutServers: without frames.
void ReadFrames(benchmark::State& state) {
  const RowSet rows = order_rows(kBytes);
  FrameEncoder encoder;
  LevelChooser levels({static_cast<int>(state.range(0))}, FrameEncoder::kStore);
  support::MemoryOutput output;
  FrameWriter writer(encoder, levels, output);
  for (const Chunk& chunk : chunks_of(rows)) {
    if (!writer.drain(chunk)) state.SkipWithError("a chunk was refused");
  }
  if (!writer.finish()) state.SkipWithError("the stream could not be ended");
  FrameDecoder decoder;
  Chunk chunk(256_KiB);
  for (auto _ : state) {
    Again input(output.bytes);
    FrameReader reader(decoder, input);
    std::size_t seen = 0;
    do {
      chunk.clear();
      if (!reader.fill(chunk)) state.SkipWithError("a frame was refused");
      seen += chunk.rows();
    } while (!chunk.empty());
    if (seen != rows.rows.size()) state.SkipWithError("rows were lost");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(rows.bytes()));
}
BENCHMARK(ReadFrames)->ArgName("level")->Arg(0)->Arg(1)->Arg(3)->Arg(9);

}  // namespace
}  // namespace pghaul
