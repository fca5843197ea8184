#include "transport/frame_header.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>

#include "transport/little_endian.h"

namespace pghaul::transport {
namespace {

constexpr std::array<std::byte, 4> kMagic = {std::byte{'P'}, std::byte{'G'}, std::byte{'H'}, std::byte{'F'}};
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMostLengthBytes = 5;  // limit of one row's length

// Offsets of the fields.
constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kCodingAt = 5;
constexpr std::size_t kNumberAt = 8;
constexpr std::size_t kRowsAt = 12;
constexpr std::size_t kRowBytesAt = 16;
constexpr std::size_t kRawBytesAt = 20;
constexpr std::size_t kStoredBytesAt = 24;
constexpr std::size_t kRawHashAt = 28;  // the high half before the low one
constexpr std::size_t kHashAt = 44;     // hash of all before it, the low 32 bits

std::uint32_t header_hash(std::span<const std::byte> bytes) noexcept {
  return static_cast<std::uint32_t>(XXH3_64bits(bytes.data(), kHashAt));
}

tl::unexpected<Error> damaged(const std::string& what) {
  return fail(ErrorCode::system, what);
}

/// Refuses sizes that no writer would produce, before memory is taken for them.
Status check(const FrameHeader& header) {
  if (header.rows == 0) {
    if (header.raw_bytes == 0 && header.row_bytes == 0 && header.stored_bytes == 0) return {};
    return damaged("its header counts no rows, but bytes");
  }
  const std::uint64_t lengths = std::uint64_t{header.raw_bytes} - header.row_bytes;
  const std::uint64_t most =
      header.rows == 1 ? FrameHeader::kMostRowBytes + kMostLengthBytes : FrameHeader::kMostRawBytes;
  if (header.row_bytes > header.raw_bytes || lengths < header.rows ||
      lengths > kMostLengthBytes * header.rows) {
    return damaged(fmt::format("its header doesn't add up: {} rows of {} bytes in {} bytes", header.rows,
                               header.row_bytes, header.raw_bytes));
  }
  if (header.raw_bytes > most) {
    return damaged(fmt::format("its header announces {} bytes, more than the {} a frame may have",
                               header.raw_bytes, most));
  }
  const bool stored_whole = header.stored_bytes == header.raw_bytes;
  if (header.coding == FrameHeader::Coding::stored ? !stored_whole
                                                   : header.stored_bytes >= header.raw_bytes) {
    return damaged(fmt::format("its header doesn't add up: {} bytes stored of {}", header.stored_bytes,
                               header.raw_bytes));
  }
  return {};
}

}  // namespace

Hash128 hash128(std::span<const std::byte> bytes) noexcept {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

void FrameHeader::write(std::span<std::byte, kBytes> bytes) const noexcept {
  std::ranges::fill(bytes, std::byte{0});
  std::ranges::copy(kMagic, bytes.begin());
  put(bytes, kVersionAt, kVersion);
  put(bytes, kCodingAt, static_cast<std::uint8_t>(coding));
  put(bytes, kNumberAt, number);
  put(bytes, kRowsAt, rows);
  put(bytes, kRowBytesAt, row_bytes);
  put(bytes, kRawBytesAt, raw_bytes);
  put(bytes, kStoredBytesAt, stored_bytes);
  put(bytes, kRawHashAt, raw_hash.high);
  put(bytes, kRawHashAt + 8, raw_hash.low);
  put(bytes, kHashAt, header_hash(bytes));
}

Result<FrameHeader> FrameHeader::read(std::span<const std::byte, kBytes> bytes) {
  if (!std::equal(kMagic.begin(), kMagic.end(), bytes.begin())) return damaged("it has no header");
  const auto version = get<std::uint8_t>(bytes, kVersionAt);
  if (version != kVersion)
    return damaged(fmt::format("it is of version {}, which this pghaul does not know", version));
  if (header_hash(bytes) != get<std::uint32_t>(bytes, kHashAt)) return damaged("its header is damaged");
  const auto coding = get<std::uint8_t>(bytes, kCodingAt);
  if (coding > static_cast<std::uint8_t>(Coding::zstd_by_column)) {
    return damaged(fmt::format("its coding {} is unknown", coding));
  }
  const FrameHeader header{
      .coding = static_cast<Coding>(coding),
      .number = get<std::uint32_t>(bytes, kNumberAt),
      .rows = get<std::uint32_t>(bytes, kRowsAt),
      .row_bytes = get<std::uint32_t>(bytes, kRowBytesAt),
      .raw_bytes = get<std::uint32_t>(bytes, kRawBytesAt),
      .stored_bytes = get<std::uint32_t>(bytes, kStoredBytesAt),
      .raw_hash = {get<std::uint64_t>(bytes, kRawHashAt), get<std::uint64_t>(bytes, kRawHashAt + 8)}};
  const Status checked = check(header);
  if (!checked) return fail(checked.error());
  return header;
}

}  // namespace pghaul::transport
