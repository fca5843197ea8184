#include "transport/stream_packer.h"

#include <zstd.h>

#include <string>

#include "transport/link_frame.h"

namespace pghaul::transport {
namespace {

tl::unexpected<Error> cannot_pack(std::size_t result) {
  return fail(ErrorCode::system, std::string("cannot compress: ") + ZSTD_getErrorName(result),
              "use fewer jobs, or a machine with more memory");
}

}  // namespace

void StreamPacker::Free::operator()(ZSTD_CCtx_s* context) const noexcept {
  ZSTD_freeCCtx(context);
}

StreamPacker::StreamPacker() : context_(ZSTD_createCCtx()) {}
StreamPacker::~StreamPacker() = default;

Result<std::span<const std::byte>> StreamPacker::pack(std::span<const std::byte> raw, int level) {
  packed_.resize(LinkFrame::kMostStoredBytes);
  ZSTD_outBuffer out{packed_.data(), packed_.size(), 0};
  ZSTD_inBuffer in{nullptr, 0, 0};
  if (begun_ && level != level_) {
    const std::size_t left = ZSTD_compressStream2(context_.get(), &out, &in, ZSTD_e_end);
    if (ZSTD_isError(left) != 0) return cannot_pack(left);
    begun_ = false;
  }
  if (!begun_) {
    if (const Status set = begin(level); !set) return fail(set.error());
  }
  in = {raw.data(), raw.size(), 0};
  const std::size_t left = ZSTD_compressStream2(context_.get(), &out, &in, ZSTD_e_flush);
  if (ZSTD_isError(left) != 0) return cannot_pack(left);
  if (left != 0 || in.pos != in.size)
    return fail(ErrorCode::internal, "a piece of a stream did not fit its frame");
  return std::span<const std::byte>(packed_.data(), out.pos);
}

Status StreamPacker::begin(int level) {
  if (!context_) return fail(ErrorCode::system, "cannot compress: no memory", "use fewer jobs");
  ZSTD_CCtx_reset(context_.get(), ZSTD_reset_session_only);
  for (const auto& [parameter, value] :
       {std::pair{ZSTD_c_compressionLevel, level}, std::pair{ZSTD_c_windowLog, kWindowLog},
        std::pair{ZSTD_c_contentSizeFlag, 0}}) {
    const std::size_t set = ZSTD_CCtx_setParameter(context_.get(), parameter, value);
    if (ZSTD_isError(set) != 0) return cannot_pack(set);
  }
  begun_ = true;
  level_ = level;
  return {};
}

}  // namespace pghaul::transport
