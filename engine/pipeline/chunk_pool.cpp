#include "pipeline/chunk_pool.h"

namespace pghaul::pipeline {

ChunkPool::ChunkPool(std::size_t chunks, std::size_t chunk_bytes) {
  chunks_.reserve(chunks);
  for (std::size_t i = 0; i < chunks; ++i) chunks_.emplace_back(chunk_bytes);
}

void ChunkPool::clear() noexcept {
  for (Chunk& chunk : chunks_) chunk.clear();
}

}  // namespace pghaul::pipeline
