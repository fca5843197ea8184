#include "transport/link_frame.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <string_view>

#include "transport/little_endian.h"

namespace pghaul::transport {
namespace {

constexpr std::byte kMagic{0xB7};

// Offsets of the fields.
constexpr std::size_t kKindAt = 1;
constexpr std::size_t kCodingAt = 2;
constexpr std::size_t kChannelAt = 4;
constexpr std::size_t kNumberAt = 8;
constexpr std::size_t kRawBytesAt = 12;
constexpr std::size_t kStoredBytesAt = 16;
constexpr std::size_t kRawHashAt = 20;
constexpr std::size_t kHashAt = 28;  // hash of all before it, the low 32 bits

std::uint32_t header_hash(std::span<const std::byte> bytes) noexcept {
  return static_cast<std::uint32_t>(hash64(bytes.first(kHashAt)));
}

/// Names a kind in errors.
std::string_view kind_name(LinkFrame::Kind kind) noexcept {
  switch (kind) {
    case LinkFrame::Kind::hello:
      return "hello";
    case LinkFrame::Kind::ready:
      return "ready";
    case LinkFrame::Kind::refused:
      return "refused";
    case LinkFrame::Kind::open:
      return "open";
    case LinkFrame::Kind::opened:
      return "opened";
    case LinkFrame::Kind::data:
      return "data";
    case LinkFrame::Kind::credit:
      return "credit";
    case LinkFrame::Kind::close:
      return "close";
    case LinkFrame::Kind::cancel:
      return "cancel";
    case LinkFrame::Kind::request:
      return "request";
    case LinkFrame::Kind::done:
      return "done";
    case LinkFrame::Kind::here:
      return "heartbeat";
  }
  return "unknown";
}

}  // namespace

tl::unexpected<Error> unexpected_frame(const LinkFrame& frame) {
  return fail(ErrorCode::connection_lost,
              fmt::format("protocol error on the link: unexpected frame of kind {} on channel {}",
                          kind_name(frame.kind), frame.channel));
}

std::uint64_t hash64(std::span<const std::byte> bytes) noexcept {
  return XXH3_64bits(bytes.data(), bytes.size());
}

void LinkFrame::write(std::span<std::byte, kBytes> bytes) const noexcept {
  put(bytes, 0, std::uint32_t{0});
  bytes[0] = kMagic;
  bytes[kKindAt] = static_cast<std::byte>(kind);
  bytes[kCodingAt] = static_cast<std::byte>(coding);
  put(bytes, kChannelAt, channel);
  put(bytes, kNumberAt, number);
  put(bytes, kRawBytesAt, raw_bytes);
  put(bytes, kStoredBytesAt, stored_bytes);
  put(bytes, kRawHashAt, raw_hash);
  put(bytes, kHashAt, header_hash(bytes));
}

Result<LinkFrame> LinkFrame::read(std::span<const std::byte, kBytes> bytes) {
  const auto damaged = [](const std::string& what) { return fail(ErrorCode::connection_lost, what); };
  if (bytes[0] != kMagic) return damaged("these bytes are not a frame");
  if (get<std::uint32_t>(bytes, kHashAt) != header_hash(bytes)) return damaged("its header is damaged");
  const auto kind = std::to_integer<std::uint8_t>(bytes[kKindAt]);
  const auto coding = std::to_integer<std::uint8_t>(bytes[kCodingAt]);
  if (kind < static_cast<std::uint8_t>(Kind::hello) || kind > static_cast<std::uint8_t>(Kind::here)) {
    return damaged(fmt::format("its kind, {}, is unknown", kind));
  }
  if (coding > static_cast<std::uint8_t>(Coding::zstd_by_column)) {
    return damaged(fmt::format("its coding, {}, is unknown", coding));
  }
  const LinkFrame frame{.kind = static_cast<Kind>(kind),
                        .coding = static_cast<Coding>(coding),
                        .channel = get<std::uint32_t>(bytes, kChannelAt),
                        .number = get<std::uint32_t>(bytes, kNumberAt),
                        .raw_bytes = get<std::uint32_t>(bytes, kRawBytesAt),
                        .stored_bytes = get<std::uint32_t>(bytes, kStoredBytesAt),
                        .raw_hash = get<std::uint64_t>(bytes, kRawHashAt)};
  if (frame.raw_bytes > kMostRawBytes || frame.stored_bytes > kMostStoredBytes ||
      (frame.coding == Coding::stored && frame.raw_bytes != frame.stored_bytes)) {
    return damaged(
        fmt::format("its header doesn't add up: {} bytes of {}", frame.stored_bytes, frame.raw_bytes));
  }
  return frame;
}

}  // namespace pghaul::transport
