#include "transport/frame_encoder.h"

#include <zstd.h>

#include <cassert>
#include <new>
#include <string>

namespace pghaul::transport {
namespace {

constexpr std::size_t kFewRows = 1000;
constexpr std::size_t kTimesForFew = 4;

/// Appends a row's length: seven bits a byte, the low ones first; the top bit says that more follow.
void append_length(std::vector<std::byte>& lengths, std::size_t length) {
  while (length >= 0x80) {
    lengths.push_back(static_cast<std::byte>(length | 0x80));
    length >>= 7;
  }
  lengths.push_back(static_cast<std::byte>(length));
}

/// Tells whether it saves more than unpacking costs.
bool worthwhile(std::size_t packed, std::size_t raw) {
  return packed < raw - raw / 32;
}

}  // namespace

void FrameEncoder::Free::operator()(ZSTD_CCtx_s* context) const noexcept {
  ZSTD_freeCCtx(context);
}

FrameEncoder::FrameEncoder(std::size_t frame_bytes) : frame_bytes_(frame_bytes), context_(ZSTD_createCCtx()) {
  if (!context_) throw std::bad_alloc();
  assert(frame_bytes * kTimesForFew * 2 <= FrameHeader::kMostRawBytes);
  reserve();
}

FrameEncoder::~FrameEncoder() = default;

/// Reserves memory. Rows end where chunks do, so that a frame's bytes stay below its size, but for one chunk
/// or one wide row.
void FrameEncoder::reserve() {
  lengths_.reserve(frame_bytes_ / 8);
  std::vector<std::byte> raw;
  raw.reserve(FrameHeader::kBytes + frame_bytes_ + frame_bytes_ / 8);
  raw.resize(FrameHeader::kBytes);
  std::vector<std::byte> packed(FrameHeader::kBytes + ZSTD_compressBound(raw.capacity()));
  raw_.swap(raw);
  packed_.swap(packed);
}

void FrameEncoder::restart() noexcept {
  clear();
  number_ = 0;
}

void FrameEncoder::clear() noexcept {
  rows_ = 0;
  lengths_.clear();
  raw_.resize(FrameHeader::kBytes);
  if (raw_.capacity() <= frame_bytes_ * kTimesForFew * 2) return;
  try {
    reserve();
  } catch (const std::bad_alloc&) {  // the large buffer serves as well, until the next time
  }
}

std::size_t FrameEncoder::most_bytes(std::size_t rows) const noexcept {
  return rows < kFewRows ? frame_bytes_ * kTimesForFew : frame_bytes_;
}

bool FrameEncoder::has_room_for(const pipeline::Chunk& chunk) const noexcept {
  return empty() ||
         raw_.size() + chunk.bytes().size() <= FrameHeader::kBytes + most_bytes(rows_ + chunk.rows());
}

void FrameEncoder::append(const pipeline::Chunk& chunk) {
  assert(has_room_for(chunk));
  const std::span<const std::byte> bytes = chunk.bytes();
  raw_.insert(raw_.end(), bytes.begin(), bytes.end());
  for (std::size_t i = 0; i < chunk.rows(); ++i) append_length(lengths_, chunk.row(i).size());
  rows_ += static_cast<std::uint32_t>(chunk.rows());
}

Result<std::span<const std::byte>> FrameEncoder::pack(int level) {
  const std::size_t row_bytes = raw_.size() - FrameHeader::kBytes;
  raw_.insert(raw_.end(), lengths_.begin(), lengths_.end());
  const std::span<const std::byte> raw = std::span<const std::byte>(raw_).subspan(FrameHeader::kBytes);
  const std::size_t most = rows_ > 1 ? FrameHeader::kMostRawBytes : FrameHeader::kMostRowBytes;
  if (row_bytes > most)
    return fail(ErrorCode::internal, "a frame of " + std::to_string(row_bytes) + " bytes");

  std::size_t packed_bytes = raw.size();
  bool by_column = false;
  if (level != kStore && !raw.empty()) {
    by_column = rows_ > 1 && columns_.arrange(raw.first(row_bytes)) && columns_.rows() == rows_;
    const Result<std::size_t> compressed = compress(by_column ? columns_.bytes() : raw, level);
    if (!compressed) return fail(compressed.error());
    packed_bytes = *compressed;
  }
  const bool stored = !worthwhile(packed_bytes, raw.size()) || raw.empty();
  std::vector<std::byte>& frame = stored ? raw_ : packed_;
  const FrameHeader::Coding packing =
      by_column ? FrameHeader::Coding::zstd_by_column : FrameHeader::Coding::zstd;
  header_ = {.coding = stored ? FrameHeader::Coding::stored : packing,
             .number = number_++,
             .rows = rows_,
             .row_bytes = static_cast<std::uint32_t>(row_bytes),
             .raw_bytes = static_cast<std::uint32_t>(raw.size()),
             .stored_bytes = static_cast<std::uint32_t>(stored ? raw.size() : packed_bytes),
             .raw_hash = hash128(raw)};
  header_.write(std::span<std::byte, FrameHeader::kBytes>(frame.data(), FrameHeader::kBytes));
  return std::span<const std::byte>(frame).first(FrameHeader::kBytes + header_.stored_bytes);
}

Result<std::size_t> FrameEncoder::compress(std::span<const std::byte> raw, int level) {
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
  // Long-distance matching takes time, and finds hardly anything more in a frame of the usual size.
  const bool large = raw.size() > frame_bytes_ + frame_bytes_ / 4;
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_enableLongDistanceMatching, large ? 1 : 0);
  const std::size_t needed = FrameHeader::kBytes + ZSTD_compressBound(raw.size());
  if (packed_.size() < needed) packed_.resize(needed);
  const std::span<std::byte> into = std::span(packed_).subspan(FrameHeader::kBytes);
  const std::size_t packed = ZSTD_compress2(context_.get(), into.data(), into.size(), raw.data(), raw.size());
  if (ZSTD_isError(packed) != 0) {
    return fail(ErrorCode::system, std::string("cannot compress rows: ") + ZSTD_getErrorName(packed));
  }
  return packed;
}

}  // namespace pghaul::transport
