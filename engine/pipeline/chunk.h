#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pghaul::pipeline {

/// Whole rows on their way from a Source to a Sink: their bytes, one after another, and where each ends.
///
/// A row is the payload of one CopyData message: a tuple of COPY BINARY (without the stream's header and
/// trailer) or a line of COPY TEXT with its newline.
///
/// Ownership  of its memory; reused by clear(), which keeps it.
/// Threads    one at a time: whoever popped it from a ring.
/// Units      bytes of COPY data.
/// Source     PostgreSQL manual, page COPY, "File Formats"; protocol chapter, "COPY Operations".
class Chunk {
 public:
  /// `capacity` is what a chunk takes before it is full; a single wider row grows it for once.
  explicit Chunk(std::size_t capacity);

  [[nodiscard]] bool has_room_for(std::size_t row_bytes) const noexcept;
  void append(std::span<const std::byte> row);
  /// Empties the chunk, and gives back what a wide row made it grow by.
  void clear();

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t rows() const noexcept { return row_ends_.size(); }
  [[nodiscard]] bool empty() const noexcept { return row_ends_.empty(); }
  [[nodiscard]] std::span<const std::byte> row(std::size_t index) const noexcept;

 private:
  std::size_t capacity_;
  std::vector<std::byte> bytes_;
  std::vector<std::uint32_t> row_ends_;  // offset in bytes_ just past each row
};

}  // namespace pghaul::pipeline
