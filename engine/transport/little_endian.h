#pragma once

#include <cstddef>
#include <span>

/// Numbers within a header, the least significant byte first.
namespace pghaul::transport {

template <typename T>
void put(std::span<std::byte> bytes, std::size_t at, T value) noexcept {
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

template <typename T>
[[nodiscard]] T get(std::span<const std::byte> bytes, std::size_t at) noexcept {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value | std::to_integer<T>(bytes[at + i]) << (8 * i));
  }
  return value;
}

}  // namespace pghaul::transport
