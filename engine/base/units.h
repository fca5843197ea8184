#pragma once

#include <cstddef>

namespace pghaul {

constexpr std::size_t operator""_KiB(unsigned long long count) {
  return static_cast<std::size_t>(count) << 10;
}
constexpr std::size_t operator""_MiB(unsigned long long count) {
  return static_cast<std::size_t>(count) << 20;
}

/// Bytes in a GB, in every figure that users see.
constexpr double kGigabyte = 1e9;

}  // namespace pghaul
