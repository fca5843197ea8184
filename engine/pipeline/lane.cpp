#include "pipeline/lane.h"

#include <cassert>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <thread>

#include "pipeline/byte_budget.h"
#include "pipeline/chunk_ring.h"
#include "pipeline/first_failure.h"

namespace pghaul::pipeline {

namespace {

/// One run of a lane: what its two threads share, and what each of them does.
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

template <typename Step>
Status without_exceptions(const char* doing, Step&& step) noexcept;

}  // namespace

Lane::Lane(const Options& options)
    : most_bytes_under_way_(options.chunks * options.chunk_bytes + options.wide_rows_bytes),
      pool_(options.chunks, options.chunk_bytes) {
  assert(options.chunks > 0);
}

Status Lane::run(Source& source, Sink& sink, Tap& tap) {
  const Status moved = without_exceptions("moving rows", [&] {
    Run run(pool_, most_bytes_under_way_, source, sink, tap);
    return run.go();
  });
  if (!moved) {
    pool_.clear();
    sink.abandon(moved.error().message);
    return moved;
  }
  return without_exceptions("finishing the rows", [&] { return sink.finish(); });
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
  std::thread reader;
  try {
    reader = std::thread([this] { read(); });
  } catch (const std::system_error& error) {
    return fail(ErrorCode::system, std::string("cannot start a thread: ") + error.what(),
                "run fewer jobs at a time, or raise the limit on processes (ulimit -u)");
  }
  write();
  reader.join();
  if (failure_.happened()) return fail(failure_.error());
  return {};
}

void Run::read() noexcept {
  const Status done = without_exceptions("reading rows", [this] { return fill_chunks(); });
  if (!done && failure_.record(done.error())) sink_.cancel();
  full_.close();
}

void Run::write() noexcept {
  const Status done = without_exceptions("writing rows", [this] { return drain_chunks(); });
  if (!done && failure_.record(done.error())) source_.cancel();
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

template <typename Step>
Status without_exceptions(const char* doing, Step&& step) noexcept {
  try {
    return step();
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::system, std::string("out of memory while ") + doing,
                "run fewer jobs at a time: each needs room for the widest row of its table");
  } catch (const std::exception& error) {
    return fail(ErrorCode::internal, std::string(error.what()) + " while " + doing);
  }
}

}  // namespace

}  // namespace pghaul::pipeline
