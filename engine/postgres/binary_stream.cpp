#include "postgres/binary_stream.h"

#include <array>
#include <cstring>

namespace pghaul::postgres {
namespace {

constexpr std::array<char, 11> kSignature = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', '\377', '\r', '\n', '\0'};
constexpr std::size_t kHeaderBytes = kSignature.size() + 4 + 4;  // signature, flags, length of the extension

}  // namespace

std::optional<std::span<const std::byte>> without_header(std::span<const std::byte> message) noexcept {
  if (message.size() < kHeaderBytes) return std::nullopt;
  if (std::memcmp(message.data(), kSignature.data(), kSignature.size()) != 0) return std::nullopt;
  std::size_t extension_bytes = 0;
  for (std::size_t i = kHeaderBytes - 4; i < kHeaderBytes; ++i) {
    extension_bytes = extension_bytes << 8 | std::to_integer<std::size_t>(message[i]);
  }
  if (message.size() - kHeaderBytes < extension_bytes) return std::nullopt;
  return message.subspan(kHeaderBytes + extension_bytes);
}

bool is_trailer(std::span<const std::byte> message) noexcept {
  return message.size() == 2 && message[0] == std::byte{0xFF} && message[1] == std::byte{0xFF};
}

}  // namespace pghaul::postgres
