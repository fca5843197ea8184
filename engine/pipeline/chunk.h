#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pghaul::pipeline {

/// Carries whole rows from a Source to a Sink: their bytes, one after another, and the offset at which each
/// ends.
///
/// A row is the payload of one CopyData message: a tuple of COPY BINARY (without the stream's header and
/// trailer) or a line of COPY TEXT with its newline.
///
/// Ownership  owns its memory; clear() keeps it for reuse.
/// Threads    one at a time: whoever popped it from a ring.
/// Units      bytes of COPY data.
/// Source     PostgreSQL manual, page COPY, "File Formats"; protocol chapter, "COPY Operations".
class Chunk {
 public:
  /// A row may be two bytes short, its end costs four: beyond one row for this many bytes of its capacity a
  /// chunk is full, so that the ends take a quarter of the capacity at most.
  static constexpr std::size_t kBytesPerRow = 16;

  /// `capacity` is what a chunk takes before it is full; a single wider row grows it for once.
  explicit Chunk(std::size_t capacity);

  /// Tells whether the row fits; an empty chunk has room for any.
  [[nodiscard]] bool has_room_for(std::size_t row_bytes) const noexcept;
  /// Adds a row; only while there is room for it.
  void append(std::span<const std::byte> row);
  /// Empties the chunk, and frees what a wide row made it grow by.
  void clear() noexcept;

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t rows() const noexcept { return row_ends_.size(); }
  [[nodiscard]] bool empty() const noexcept { return row_ends_.empty(); }
  [[nodiscard]] std::span<const std::byte> row(std::size_t index) const noexcept;
  /// Returns what it holds of this machine's memory, used or not.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  std::size_t capacity_;
  std::size_t most_rows_;
  std::vector<std::byte> bytes_;
  std::vector<std::uint32_t> row_ends_;  // offset in bytes_ just past each row; no message reaches 2^31 bytes
};

}  // namespace pghaul::pipeline
