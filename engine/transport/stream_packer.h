#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"

struct ZSTD_CCtx_s;

namespace pghaul::transport {

/// Packs a stream of bytes in pieces. Each can be unpacked as soon as it has come, and refers to what came
/// before it.
///
/// Threads    one at a time.
/// Memory     zstd's, for a window of kWindowLog bits; taken with the first piece.
class StreamPacker {
 public:
  static constexpr int kWindowLog = 23;

  StreamPacker();
  ~StreamPacker();
  StreamPacker(StreamPacker&&) = delete;
  StreamPacker& operator=(StreamPacker&&) = delete;

  /// `raw`: no more than LinkFrame::kMostRawBytes. `level`: zstd's; a change of it loses the history of the
  /// pieces before. The bytes are good until the next call.
  [[nodiscard]] Result<std::span<const std::byte>> pack(std::span<const std::byte> raw, int level);

 private:
  [[nodiscard]] Status begin(int level);

  struct Free {
    void operator()(ZSTD_CCtx_s* context) const noexcept;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  std::vector<std::byte> packed_;
  bool begun_ = false;
  int level_ = 0;
};

}  // namespace pghaul::transport
