#pragma once

#include <cstddef>
#include <vector>

#include "pipeline/chunk.h"

namespace pghaul::pipeline {

/// The chunks of one lane: all memory its rows ever use, taken before the first row.
///
/// Ownership  owns the chunks; pointers to them live in the lane's rings.
/// Threads    made and destroyed by one; the chunks travel.
class ChunkPool {
 public:
  ChunkPool(std::size_t chunks, std::size_t chunk_bytes);

  [[nodiscard]] std::size_t size() const noexcept { return chunks_.size(); }
  /// Empties all chunks; only while none is in a ring.
  void clear() noexcept;
  [[nodiscard]] Chunk& operator[](std::size_t index) noexcept { return chunks_[index]; }

 private:
  std::vector<Chunk> chunks_;
};

}  // namespace pghaul::pipeline
