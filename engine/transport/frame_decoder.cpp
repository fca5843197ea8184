#include "transport/frame_decoder.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <new>
#include <optional>

#include "base/units.h"

namespace pghaul::transport {
namespace {

/// Size that FrameEncoder makes of large values; memory beyond it is freed.
constexpr std::size_t kUsualBytes = 8_MiB;

tl::unexpected<Error> damaged(const std::string& what) {
  return fail(ErrorCode::system, what, "the data is damaged or truncated: transfer or write it again");
}

/// Reads one length, as FrameEncoder writes them; nothing if it is cut off or longer than any may be.
std::optional<std::size_t> parse_length(std::span<const std::byte> raw, std::size_t& at) noexcept {
  std::size_t length = 0;
  for (unsigned shift = 0; shift <= 28 && at < raw.size(); shift += 7) {
    const auto byte = std::to_integer<std::size_t>(raw[at++]);
    length |= (byte & 0x7F) << shift;
    if (byte < 0x80) return length;
  }
  return std::nullopt;
}

void fit(std::vector<std::byte>& buffer, std::size_t bytes) {
  if (buffer.size() < bytes) {
    buffer.resize(bytes);
  } else if (buffer.size() > kUsualBytes && bytes <= kUsualBytes) {
    buffer.resize(kUsualBytes);
    buffer.shrink_to_fit();
  }
}

}  // namespace

void FrameDecoder::Free::operator()(ZSTD_DCtx_s* context) const noexcept {
  ZSTD_freeDCtx(context);
}

FrameDecoder::FrameDecoder() : context_(ZSTD_createDCtx()) {
  if (!context_) throw std::bad_alloc();
}

FrameDecoder::~FrameDecoder() = default;

void FrameDecoder::restart() noexcept {
  number_ = 0;
  offset_ = 0;
  rows_left_ = 0;
}

Result<bool> FrameDecoder::next(ByteInput& input) {
  const Result<bool> read = read_frame(input);
  if (!read) {
    return read.error().during(fmt::format("frame {} of {} (at byte {})", number_, input.name(), offset_));
  }
  ++number_;
  offset_ += FrameHeader::kBytes + header_.stored_bytes;
  return read;
}

Result<bool> FrameDecoder::read_frame(ByteInput& input) {
  rows_left_ = 0;
  const Result<FrameHeader> header = read_header(input);
  if (!header) return fail(header.error());
  if (header->number != number_) {
    return damaged(fmt::format("frame {} stands in its place: frames are missing, duplicated or out of order",
                               header->number));
  }
  header_ = *header;
  if (header->rows == 0) {
    const Status ended = expect_end(input);
    if (!ended) return fail(ended.error());
    return false;
  }
  if (const Status read = read_stored(input, *header); !read) return fail(read.error());
  if (const Status unpacked = unpack(*header); !unpacked) return fail(unpacked.error());
  if (hash128(raw_) != header->raw_hash) return damaged("its rows are not those that were written");
  if (const Status checked = check_lengths(); !checked) return fail(checked.error());
  rows_left_ = header->rows;
  row_at_ = 0;
  length_at_ = header->row_bytes;
  read_length();
  return true;
}

Result<FrameHeader> FrameDecoder::read_header(ByteInput& input) {
  std::array<std::byte, FrameHeader::kBytes> bytes{};
  const Result<std::size_t> got = input.read(bytes);
  if (!got) return fail(got.error());
  if (*got == 0) return damaged("the stream ends without its final frame");
  if (*got < bytes.size()) return damaged("its header is cut off");
  return FrameHeader::read(bytes);
}

/// Reads in steps: a header that promises much gets no memory before the bytes have come.
Status FrameDecoder::read_stored(ByteInput& input, const FrameHeader& header) {
  std::size_t have = 0;
  while (have < header.stored_bytes) {
    const std::size_t step = std::min<std::size_t>(header.stored_bytes - have, std::max(have, kUsualBytes));
    fit(stored_, have + step);
    const Result<std::size_t> got = input.read(std::span(stored_).subspan(have, step));
    if (!got) return fail(got.error());
    have += *got;
    if (*got < step) {
      return damaged(fmt::format("only {} of its {} bytes are there", have, header.stored_bytes));
    }
  }
  return {};
}

Status FrameDecoder::unpack(const FrameHeader& header) {
  const std::span<const std::byte> stored = std::span(stored_).first(header.stored_bytes);
  if (header.coding == FrameHeader::Coding::stored) {
    raw_ = stored;
    return {};
  }
  const unsigned long long content = ZSTD_getFrameContentSize(stored.data(), stored.size());
  const bool by_column = header.coding == FrameHeader::Coding::zstd_by_column;
  const bool fits = by_column ? content <= header.row_bytes && header.row_bytes <= FrameHeader::kMostRawBytes
                              : content == header.raw_bytes;
  if (!fits) return damaged("it would not unpack to the size that its header announces");
  fit(unpacked_, header.raw_bytes);
  raw_ = std::span(unpacked_).first(header.raw_bytes);
  if (!by_column) return unpack_zstd(stored, std::span(unpacked_).first(header.raw_bytes));
  fit(arranged_, content);
  const std::span<std::byte> arranged = std::span(arranged_).first(content);
  if (const Status unpacked = unpack_zstd(stored, arranged); !unpacked) return unpacked;
  return restore_rows(header, arranged);
}

Status FrameDecoder::unpack_zstd(std::span<const std::byte> stored, std::span<std::byte> into) const {
  const std::size_t bytes =
      ZSTD_decompressDCtx(context_.get(), into.data(), into.size(), stored.data(), stored.size());
  if (ZSTD_isError(bytes) != 0)
    return damaged(std::string("it can't be unpacked: ") + ZSTD_getErrorName(bytes));
  if (bytes != into.size()) return damaged("it unpacks to another size than its header announces");
  return {};
}

/// Restores the rows with their lengths behind them, which arranged rows contain.
Status FrameDecoder::restore_rows(const FrameHeader& header, std::span<const std::byte> arranged) {
  const std::span<std::byte> rows = std::span(unpacked_).first(header.row_bytes);
  if (!columns_.restore(arranged, header.rows, rows)) return damaged("its columns don't make its rows");
  std::size_t at = header.row_bytes;
  for (std::uint32_t row = 0; row < header.rows; ++row) {
    std::size_t length = columns_.row_bytes(row);
    for (; length >= 0x80 && at < header.raw_bytes; length >>= 7) {
      unpacked_[at++] = static_cast<std::byte>(length | 0x80);
    }
    if (at == header.raw_bytes) return damaged("the lengths of its rows don't add up");
    unpacked_[at++] = static_cast<std::byte>(length);
  }
  if (at != header.raw_bytes) return damaged("the lengths of its rows don't add up");
  return {};
}

/// Checks the lengths: the hash proves what was written, not that the writer was honest.
Status FrameDecoder::check_lengths() const {
  std::size_t at = header_.row_bytes;
  std::uint64_t sum = 0;
  for (std::uint32_t row = 0; row < header_.rows; ++row) {
    const std::optional<std::size_t> length = parse_length(raw_, at);
    if (!length) return damaged(fmt::format("the length of its row {} can't be read", row));
    sum += *length;
  }
  if (sum != header_.row_bytes || at != raw_.size()) {
    return damaged("the lengths of its rows don't add up");
  }
  return {};
}

Status FrameDecoder::expect_end(ByteInput& input) {
  std::array<std::byte, 1> more{};
  const Result<std::size_t> got = input.read(more);
  if (!got) return fail(got.error());
  if (*got != 0) return damaged("something follows the frame that ends the stream");
  return {};
}

std::span<const std::byte> FrameDecoder::row() const noexcept {
  assert(rows_left_ > 0);
  return raw_.subspan(row_at_, row_bytes_);
}

void FrameDecoder::next_row() noexcept {
  assert(rows_left_ > 0);
  row_at_ += row_bytes_;
  if (--rows_left_ > 0) read_length();
}

void FrameDecoder::read_length() noexcept {
  row_bytes_ = parse_length(raw_, length_at_).value_or(0);  // check_lengths() has read it before
}

}  // namespace pghaul::transport
