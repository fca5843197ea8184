#include "transport/byte_planes.h"

#include <bit>
#include <cassert>
#include <cstdint>

namespace pghaul::transport {
namespace {

template <typename Number>
Number number_at(const std::byte* bytes) noexcept {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    number = static_cast<Number>(std::uint64_t{number} << 8 | std::to_integer<std::uint64_t>(bytes[i]));
  }
  return number;
}

template <typename Number>
constexpr std::byte byte_of(Number number, std::size_t place) noexcept {
  return static_cast<std::byte>(number >> 8 * (sizeof number - 1 - place));
}

template <typename Number>
Number difference(Number number, Number before) noexcept {
  const auto far = static_cast<Number>(number - before);
  const bool below = far >> (8 * sizeof far - 1) != 0;
  return static_cast<Number>(static_cast<Number>(far << 1) ^ (below ? ~Number{0} : Number{0}));
}

template <typename Number>
Number number_after(Number before, Number difference) noexcept {
  const auto far = static_cast<Number>(difference >> 1 ^ ((difference & 1) != 0 ? ~Number{0} : Number{0}));
  return static_cast<Number>(before + far);
}

/// Counts the bytes that are not 0.
int bytes_in(std::uint64_t number) noexcept {
  constexpr std::uint64_t kLow = 0x7F7F7F7F7F7F7F7F;
  return std::popcount((((number & kLow) + kLow) | number) & ~kLow);
}

template <typename Number>
Numbers better(std::span<const std::byte> values) noexcept {
  std::size_t themselves = 0;
  std::size_t differences = 0;
  Number before = 0;
  Number difference_before = 0;
  for (std::size_t at = 0; at < values.size(); at += sizeof(Number)) {
    const auto number = number_at<Number>(values.data() + at);
    const Number further = difference(number, before);
    themselves += static_cast<std::size_t>(bytes_in(static_cast<Number>(number ^ before)));
    differences += static_cast<std::size_t>(bytes_in(static_cast<Number>(further ^ difference_before)));
    before = number;
    difference_before = further;
  }
  return differences < themselves ? Numbers::differences : Numbers::themselves;
}

template <typename Number>
void split(std::span<const std::byte> values, bool differences, std::span<std::byte> planes) noexcept {
  const std::size_t count = values.size() / sizeof(Number);
  Number before = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = number_at<Number>(values.data() + i * sizeof(Number));
    const Number put = differences ? difference(number, before) : number;
    for (std::size_t byte = 0; byte < sizeof number; ++byte) planes[byte * count + i] = byte_of(put, byte);
    before = number;
  }
}

template <typename Number>
void join(std::span<const std::byte> planes, bool differences, std::span<std::byte> values) noexcept {
  const std::size_t count = values.size() / sizeof(Number);
  Number number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Number got = 0;
    for (std::size_t byte = 0; byte < sizeof number; ++byte) {
      got = static_cast<Number>(std::uint64_t{got} << 8 |
                                std::to_integer<std::uint64_t>(planes[byte * count + i]));
    }
    number = differences ? number_after(number, got) : got;
    for (std::size_t byte = 0; byte < sizeof number; ++byte) {
      values[i * sizeof number + byte] = byte_of(number, byte);
    }
  }
}

}  // namespace

bool can_be_split(std::size_t width) noexcept {
  return width == 2 || width == 4 || width == 8;
}

Numbers better_split(std::span<const std::byte> values, std::size_t width) noexcept {
  if (width == 2) return better<std::uint16_t>(values);
  if (width == 4) return better<std::uint32_t>(values);
  return better<std::uint64_t>(values);
}

void split(std::span<const std::byte> values, std::size_t width, Numbers numbers,
           std::span<std::byte> planes) noexcept {
  assert(can_be_split(width) && values.size() % width == 0 && planes.size() == values.size());
  const bool differences = numbers == Numbers::differences;
  if (width == 2) return split<std::uint16_t>(values, differences, planes);
  if (width == 4) return split<std::uint32_t>(values, differences, planes);
  split<std::uint64_t>(values, differences, planes);
}

void join(std::span<const std::byte> planes, std::size_t width, Numbers numbers,
          std::span<std::byte> values) noexcept {
  assert(can_be_split(width) && planes.size() % width == 0 && values.size() == planes.size());
  const bool differences = numbers == Numbers::differences;
  if (width == 2) return join<std::uint16_t>(planes, differences, values);
  if (width == 4) return join<std::uint32_t>(planes, differences, values);
  join<std::uint64_t>(planes, differences, values);
}

}  // namespace pghaul::transport
