#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "transport/byte_input.h"
#include "transport/columns.h"
#include "transport/frame_header.h"

struct ZSTD_DCtx_s;

namespace pghaul::transport {

/// Unpacks the frames of one stream after another, and gives their rows only once a whole frame has proved to
/// be what was written: a frame is right, or there is an error that names it.
///
/// Threads    one at a time.
/// Memory     whatever a hostile stream says: four times FrameHeader::kMostRawBytes, or twice a row of
///            kMostRowBytes; and of stored bytes only as many as do come.
/// Errors     system, with the input's name, the frame's number and where it begins.
class FrameDecoder {
 public:
  FrameDecoder();
  ~FrameDecoder();
  FrameDecoder(FrameDecoder&&) = delete;
  FrameDecoder& operator=(FrameDecoder&&) = delete;

  /// Begins a stream: its next frame is number 0.
  void restart() noexcept;
  /// Reads one frame. False: it was the one that ends the stream, and nothing comes after it.
  [[nodiscard]] Result<bool> next(ByteInput& input);

  /// Returns the number of rows in the frame that next_row() has not passed.
  [[nodiscard]] std::uint32_t rows_left() const noexcept { return rows_left_; }
  /// Returns the first of them.
  [[nodiscard]] std::span<const std::byte> row() const noexcept;
  void next_row() noexcept;

 private:
  [[nodiscard]] Result<bool> read_frame(ByteInput& input);
  [[nodiscard]] Result<FrameHeader> read_header(ByteInput& input);
  [[nodiscard]] Status read_stored(ByteInput& input, const FrameHeader& header);
  [[nodiscard]] Status unpack(const FrameHeader& header);
  [[nodiscard]] Status unpack_zstd(std::span<const std::byte> stored, std::span<std::byte> into) const;
  [[nodiscard]] Status restore_rows(const FrameHeader& header, std::span<const std::byte> arranged);
  [[nodiscard]] Status check_lengths() const;
  [[nodiscard]] Status expect_end(ByteInput& input);
  void read_length() noexcept;

  struct Free {
    void operator()(ZSTD_DCtx_s* context) const noexcept;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
  std::vector<std::byte> stored_;
  std::vector<std::byte> unpacked_;
  std::vector<std::byte> arranged_;  // by column
  Columns columns_;
  std::span<const std::byte> raw_;  // the frame's content, in one of the two
  FrameHeader header_;
  std::uint32_t number_ = 0;  // the next frame's
  std::uint64_t offset_ = 0;  // where it begins
  std::uint32_t rows_left_ = 0;
  std::size_t row_at_ = 0;     // in raw_
  std::size_t row_bytes_ = 0;  // size of that row
  std::size_t length_at_ = 0;  // in raw_: position of the length of the row after it
};

}  // namespace pghaul::transport
