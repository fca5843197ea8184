#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "pipeline/chunk.h"
#include "transport/columns.h"
#include "transport/frame_header.h"

struct ZSTD_CCtx_s;

namespace pghaul::transport {

/// Gathers rows and packs them into frames of about frame_bytes, or of up to four times as much where that is
/// few rows: large values repeat each other only at a distance. Its memory serves one stream after another.
///
/// Threads    one at a time.
/// Memory     three times such a frame, and what zstd's level takes; while a row wider than that is packed,
///            three times the row beside the chunk that holds it.
class FrameEncoder {
 public:
  /// The level at which frames are stored uncompressed.
  static constexpr int kStore = 0;

  explicit FrameEncoder(std::size_t frame_bytes = 2_MiB);
  ~FrameEncoder();
  FrameEncoder(FrameEncoder&&) = delete;
  FrameEncoder& operator=(FrameEncoder&&) = delete;

  /// Begins a stream: the next frame is number 0, and rows that were not written are dropped.
  void restart() noexcept;
  /// Tells whether the chunk fits; an empty encoder has room for any chunk of no more than
  /// FrameHeader::kMostRawBytes, or of one row.
  [[nodiscard]] bool has_room_for(const pipeline::Chunk& chunk) const noexcept;
  void append(const pipeline::Chunk& chunk);
  [[nodiscard]] bool empty() const noexcept { return rows_ == 0; }

  /// Packs the rows so far into one frame, header and all; without rows: the frame that ends the stream. The
  /// bytes are good until clear(), which follows. `level`: zstd's, or kStore; what does not shrink is stored.
  /// Rows of the binary format are packed by column.
  [[nodiscard]] Result<std::span<const std::byte>> pack(int level);
  /// Makes room for the next frame, and frees what a wide row took.
  void clear() noexcept;
  /// Returns the header of the last frame.
  [[nodiscard]] const FrameHeader& header() const noexcept { return header_; }

 private:
  [[nodiscard]] std::size_t most_bytes(std::size_t rows) const noexcept;
  [[nodiscard]] Result<std::size_t> compress(std::span<const std::byte> raw, int level);
  void reserve();

  struct Free {
    void operator()(ZSTD_CCtx_s* context) const noexcept;
  };
  std::size_t frame_bytes_;
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  std::vector<std::byte> raw_;      // room for a header, rows, then their lengths
  std::vector<std::byte> lengths_;  // those of the rows in raw_
  std::vector<std::byte> packed_;   // room for a header, then what zstd made
  Columns columns_;
  std::uint32_t rows_ = 0;
  std::uint32_t number_ = 0;
  FrameHeader header_;
};

}  // namespace pghaul::transport
