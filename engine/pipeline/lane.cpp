#include "pipeline/lane.h"

#include <cassert>
#include <thread>
#include <utility>

#include "base/guard.h"
#include "pipeline/byte_budget.h"
#include "pipeline/chunk_ring.h"
#include "pipeline/first_failure.h"

namespace pghaul::pipeline {

namespace {

/// One run of a lane: the state that its two threads share, and the work of each.
class Run {
 public:
  Run(ChunkPool& pool, std::size_t most_bytes_under_way, Source& source, Sink& sink, Tap& tap);
  [[nodiscard]] Status go();

 private:
  void read() noexcept;
  void write() noexcept;
  Status fill_chunks();
  Status drain_chunks();

  Source& source_;
  Sink& sink_;
  Tap& tap_;
  ChunkRing full_;
  ChunkRing empty_;
  ByteBudget budget_;
  FirstFailure failure_;
};

}  // namespace

Lane::Lane(const Options& options)
    : most_bytes_under_way_(options.chunks * options.chunk_bytes + options.wide_rows_bytes),
      pool_(options.chunks, options.chunk_bytes) {
  assert(options.chunks > 0);
}

Status Lane::run(Source& source, Sink& sink, Tap& tap) {
  const Status moved = guarded("moving rows", [&] {
    Run run(pool_, most_bytes_under_way_, source, sink, tap);
    return run.go();
  });
  if (!moved) {
    pool_.clear();
    [[maybe_unused]] const Status left = guarded("leaving the rows", [&]() -> Status {
      source.abandon();
      return {};
    });
    sink.abandon(moved.error().message);
    return moved;
  }
  return guarded("finishing the rows", [&] { return sink.finish(); });
}

namespace {

Run::Run(ChunkPool& pool, std::size_t most_bytes_under_way, Source& source, Sink& sink, Tap& tap)
    : source_(source),
      sink_(sink),
      tap_(tap),
      full_(pool.size()),
      empty_(pool.size()),
      budget_(most_bytes_under_way) {
  for (std::size_t i = 0; i < pool.size(); ++i) empty_.push(&pool[i]);
}

Status Run::go() {
  std::thread reader([this] { read(); });
  write();
  reader.join();
  if (failure_.happened()) return fail(failure_.error());
  return {};
}

void Run::read() noexcept {
  Status done = guarded("reading rows", [this] { return fill_chunks(); });
  if (!done && failure_.record(std::move(done.error()))) sink_.cancel();
  full_.close();
}

void Run::write() noexcept {
  Status done = guarded("writing rows", [this] { return drain_chunks(); });
  if (!done && failure_.record(std::move(done.error()))) source_.cancel();
  empty_.close();
  budget_.lift();
}

Status Run::fill_chunks() {
  for (;;) {
    budget_.wait();
    Chunk* chunk = empty_.pop();
    if (chunk == nullptr || failure_.happened()) return {};
    if (Status filled = source_.fill(*chunk); !filled) return filled;
    if (chunk->empty()) return {};
    tap_.see(*chunk);
    budget_.spend(chunk->bytes().size());
    full_.push(chunk);
  }
}

Status Run::drain_chunks() {
  for (;;) {
    Chunk* chunk = full_.pop();
    if (chunk == nullptr || failure_.happened()) return {};
    if (Status drained = sink_.drain(*chunk); !drained) return drained;
    const std::size_t bytes = chunk->bytes().size();
    chunk->clear();
    budget_.refund(bytes);
    empty_.push(chunk);
  }
}

}  // namespace

}  // namespace pghaul::pipeline
