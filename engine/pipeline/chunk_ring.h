#pragma once

#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstddef>
#include <cstdint>

#include "pipeline/chunk.h"

namespace pghaul::pipeline {

/// Carries chunks between the reader and the writer of a lane, in order.
///
/// Threads    one pushes, one pops; close() may come from any.
/// Ownership  who holds the pointer holds the chunk; the memory belongs to the lane's ChunkPool.
/// Waiting    push never waits: there is one slot per chunk of the pool, so the ring cannot be full.
///            pop waits for a chunk; on the ring of empty chunks, that wait is the back-pressure.
class ChunkRing {
 public:
  /// `slots`: the number of chunks in the lane's pool.
  explicit ChunkRing(std::size_t slots);

  void push(Chunk* chunk) noexcept;
  /// Waits for the next chunk; nullptr once the ring is closed and empty.
  [[nodiscard]] Chunk* pop() noexcept;
  /// Ends the stream: pop() gives what is left, then nullptr.
  void close() noexcept;

 private:
  boost::lockfree::spsc_queue<Chunk*> slots_;
  std::atomic<std::uint32_t> bell_{0};  // counts pushes and close(): what a sleeper in pop() listens to
  std::atomic<bool> closed_{false};     // publishes that no push follows
};

}  // namespace pghaul::pipeline
