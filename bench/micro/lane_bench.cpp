#include <benchmark/benchmark.h>

#include "base/units.h"
#include "pipeline/lane.h"
#include "slow_servers.h"
#include "support/memory_sink.h"
#include "support/memory_source.h"
#include "support/rows.h"
#include "verify/row_digest.h"

namespace pghaul {
namespace {

using bench::Pace;
using bench::SlowSink;
using bench::SlowSource;
using pipeline::Chunk;
using pipeline::Lane;
using support::CountingSink;
using support::make_rows;
using support::MemorySource;
using support::RowSet;
using verify::RowDigest;

/// The baseline of every lane here: the same rows through the same tap, with one thread, one chunk, no ring.
class PlainLoop {
 public:
  explicit PlainLoop(const Lane::Options& options) : chunk_(options.chunk_bytes) {}

  Status run(pipeline::Source& source, pipeline::Sink& sink, pipeline::Tap& tap) {
    for (;;) {
      chunk_.clear();
      if (Status filled = source.fill(chunk_); !filled) return filled;
      if (chunk_.empty()) return sink.finish();
      tap.see(chunk_);
      if (Status drained = sink.drain(chunk_); !drained) return drained;
    }
  }

 private:
  Chunk chunk_;
};

Lane::Options options_of(const benchmark::State& state) {
  return {.chunks = static_cast<std::size_t>(state.range(0)),
          .chunk_bytes = static_cast<std::size_t>(state.range(1))};
}

void check(benchmark::State& state, const RowSet& rows, const Status& done, const CountingSink& sink,
           const RowDigest& digest) {
  if (!done || sink.rows() != rows.rows.size() || digest.digest().rows != rows.rows.size()) {
    state.SkipWithError("rows were lost");
  }
}

void count(benchmark::State& state, const RowSet& rows) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(rows.bytes()));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows.rows.size()));
}

template <typename Way>
void between_servers(benchmark::State& state) {
  const RowSet rows = make_rows(200'000, 300, 300, 7);
  const std::chrono::microseconds work(state.range(2));
  Way way(options_of(state));
  for (auto _ : state) {
    SlowSource source(rows, {.mean_work = work, .seed = 1});
    SlowSink sink({.mean_work = work, .seed = 2});
    RowDigest digest;
    const Status done = way.run(source, sink, digest);
    check(state, rows, done, sink, digest);
  }
  count(state, rows);
}

// Question  does the lane keep two servers busy that take turns at being slow? Which chunks does it want?
// Baseline  PlainLoopBetweenServers, which has what the sockets buffer, and no more.
void LaneBetweenServers(benchmark::State& state) {
  between_servers<Lane>(state);
}
BENCHMARK(LaneBetweenServers)
    ->ArgNames({"chunks", "bytes", "work_us"})
    ->ArgsProduct({{2, 4, 8, 16}, {64_KiB, 256_KiB, 1_MiB}, {0, 1000}})
    ->UseRealTime()
    ->MeasureProcessCPUTime();

void PlainLoopBetweenServers(benchmark::State& state) {
  between_servers<PlainLoop>(state);
}
BENCHMARK(PlainLoopBetweenServers)
    ->ArgNames({"chunks", "bytes", "work_us"})
    ->ArgsProduct({{1}, {64_KiB, 256_KiB, 1_MiB}, {0, 1000}})
    ->UseRealTime()
    ->MeasureProcessCPUTime();

template <typename Way>
void in_memory(benchmark::State& state, std::size_t row_bytes) {
  const RowSet rows = make_rows(64_MiB / row_bytes, row_bytes, row_bytes, 7);
  Way way(options_of(state));
  for (auto _ : state) {
    MemorySource source(rows);
    CountingSink sink;
    RowDigest digest;
    const Status done = way.run(source, sink, digest);
    check(state, rows, done, sink, digest);
  }
  count(state, rows);
}

// Question  how fast is one lane, digest included, when neither server is in the way?
// Baseline  PlainLoopWithoutServers. The sink does nothing here, so the reader cannot gain by having it on
//           another core: this is what the lane costs, and LaneBetweenServers what it is worth.
void LaneWithoutServers(benchmark::State& state) {
  in_memory<Lane>(state, 300);
}
BENCHMARK(LaneWithoutServers)
    ->ArgNames({"chunks", "bytes"})
    ->ArgsProduct({{2, 4, 8}, {64_KiB, 256_KiB, 1_MiB, 4_MiB}})
    ->UseRealTime()
    ->MeasureProcessCPUTime();

void PlainLoopWithoutServers(benchmark::State& state) {
  in_memory<PlainLoop>(state, 300);
}
BENCHMARK(PlainLoopWithoutServers)
    ->ArgNames({"chunks", "bytes"})
    ->ArgsProduct({{1}, {64_KiB, 256_KiB, 1_MiB, 4_MiB}})
    ->UseRealTime();

// Question  how does the width of the rows matter?
// Baseline  PlainLoopOfWidth.
void LaneOfWidth(benchmark::State& state) {
  in_memory<Lane>(state, static_cast<std::size_t>(state.range(2)));
}
BENCHMARK(LaneOfWidth)
    ->ArgNames({"chunks", "bytes", "row"})
    ->ArgsProduct({{8}, {256_KiB}, {16, 64, 300, 8_KiB, 1_MiB}})
    ->UseRealTime();

void PlainLoopOfWidth(benchmark::State& state) {
  in_memory<PlainLoop>(state, static_cast<std::size_t>(state.range(2)));
}
BENCHMARK(PlainLoopOfWidth)
    ->ArgNames({"chunks", "bytes", "row"})
    ->ArgsProduct({{1}, {256_KiB}, {16, 64, 300, 8_KiB, 1_MiB}})
    ->UseRealTime();

// Question  what does a table without rows pay for its lane: a thread and two rings?
// Baseline  none: it is pure overhead, to be held against the round trips that such a table takes anyway.
void LaneWithoutRows(benchmark::State& state) {
  const RowSet none;
  Lane lane({});
  for (auto _ : state) {
    MemorySource source(none);
    CountingSink sink;
    RowDigest digest;
    const Status done = lane.run(source, sink, digest);
    check(state, none, done, sink, digest);
  }
}
BENCHMARK(LaneWithoutRows)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
}  // namespace pghaul
