#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "transport/copy_messages.h"
#include "transport/link_frame.h"

struct ZSTD_DCtx_s;

namespace pghaul::transport {

/// Unpacks what a StreamPacker packed, piece by piece, with rows restored from columns, and gives out only
/// what proves to be what was packed.
///
/// Threads    one at a time.
/// Memory     whatever a hostile stream says: a few frames, and a window of StreamPacker::kWindowLog bits.
class StreamUnpacker {
 public:
  StreamUnpacker();
  ~StreamUnpacker();
  StreamUnpacker(StreamUnpacker&&) = delete;
  StreamUnpacker& operator=(StreamUnpacker&&) = delete;

  /// Returns the content of a frame, given its header and payload: good until the next call, or while
  /// `payload` lives. Errors  connection_lost, naming the frame.
  [[nodiscard]] Result<std::span<const std::byte>> unpack(const LinkFrame& frame,
                                                          std::span<const std::byte> payload);

 private:
  [[nodiscard]] Result<std::size_t> unpack_piece(const LinkFrame& frame, std::span<const std::byte> payload);
  [[nodiscard]] bool restore_rows(std::span<const std::byte> arranged, std::size_t raw_bytes);

  struct Free {
    void operator()(ZSTD_DCtx_s* context) const noexcept;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
  std::vector<std::byte> unpacked_;
  std::vector<std::byte> restored_;  // rows restored from columns
  CopyMessages messages_;
};

}  // namespace pghaul::transport
