#include "transport/stream_unpacker.h"

#include <fmt/format.h>
#include <zstd.h>

#include "transport/stream_packer.h"

namespace pghaul::transport {
namespace {

tl::unexpected<Error> damaged(const LinkFrame& frame, const std::string& what) {
  return fail(
      ErrorCode::connection_lost,
      fmt::format("frame {} of the link, of channel {}, is damaged: {}", frame.number, frame.channel, what),
      "something between the two halves of the link alters the data");
}

}  // namespace

void StreamUnpacker::Free::operator()(ZSTD_DCtx_s* context) const noexcept {
  ZSTD_freeDCtx(context);
}

StreamUnpacker::StreamUnpacker() = default;
StreamUnpacker::~StreamUnpacker() = default;

Result<std::span<const std::byte>> StreamUnpacker::unpack(const LinkFrame& frame,
                                                          std::span<const std::byte> payload) {
  std::span<const std::byte> raw = payload;
  if (frame.coding != LinkFrame::Coding::stored) {
    const Result<std::size_t> unpacked = unpack_piece(frame, payload);
    if (!unpacked) return fail(unpacked.error());
    raw = std::span(unpacked_).first(*unpacked);
    if (frame.coding == LinkFrame::Coding::zstd_by_column) {
      if (!restore_rows(raw, frame.raw_bytes)) return damaged(frame, "its columns don't make its rows");
      raw = std::span(restored_).first(frame.raw_bytes);
    } else if (raw.size() != frame.raw_bytes) {
      return damaged(frame, "it holds less data than its header states");
    }
  }
  if (hash64(raw) != frame.raw_hash) return damaged(frame, "its bytes are not those that were sent");
  return raw;
}

/// Returns how many bytes the piece holds: no more than the frame says.
Result<std::size_t> StreamUnpacker::unpack_piece(const LinkFrame& frame, std::span<const std::byte> payload) {
  if (!context_) {
    context_.reset(ZSTD_createDCtx());
    if (!context_) return fail(ErrorCode::system, "cannot decompress: no memory", "use fewer jobs");
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, StreamPacker::kWindowLog);
    unpacked_.resize(LinkFrame::kMostRawBytes);
  }
  ZSTD_inBuffer in{payload.data(), payload.size(), 0};
  ZSTD_outBuffer out{unpacked_.data(), frame.raw_bytes, 0};
  while (in.pos < in.size) {
    const std::size_t read = in.pos;
    const std::size_t made = out.pos;
    const std::size_t result = ZSTD_decompressStream(context_.get(), &out, &in);
    if (ZSTD_isError(result) != 0) return damaged(frame, ZSTD_getErrorName(result));
    if (in.pos == read && out.pos == made) return damaged(frame, "it holds more data than its header states");
  }
  return out.pos;
}

bool StreamUnpacker::restore_rows(std::span<const std::byte> arranged, std::size_t raw_bytes) {
  restored_.resize(LinkFrame::kMostRawBytes);
  return messages_.restore(arranged, std::span(restored_).first(raw_bytes));
}

}  // namespace pghaul::transport
