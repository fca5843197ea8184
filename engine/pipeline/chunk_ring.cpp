#include "pipeline/chunk_ring.h"

#include <cassert>

namespace pghaul::pipeline {

ChunkRing::ChunkRing(std::size_t slots) : slots_(slots) {}

void ChunkRing::push(Chunk* chunk) noexcept {
  [[maybe_unused]] const bool had_room = slots_.push(chunk);
  assert(had_room);
  bell_.fetch_add(1, std::memory_order_release);  // publishes the slot: pop() that loads this count sees it
  bell_.notify_one();
}

Chunk* ChunkRing::pop() noexcept {
  for (;;) {
    const std::uint32_t heard = bell_.load(std::memory_order_acquire);
    const bool closed = closed_.load(std::memory_order_acquire);  // before slots_: close follows push
    Chunk* chunk = nullptr;
    if (slots_.pop(chunk)) return chunk;
    if (closed) return nullptr;
    bell_.wait(heard, std::memory_order_acquire);  // returns at once if it rang since `heard`
  }
}

void ChunkRing::close() noexcept {
  closed_.store(true, std::memory_order_release);
  bell_.fetch_add(1, std::memory_order_release);  // publishes closed_, likewise
  bell_.notify_one();
}

}  // namespace pghaul::pipeline
