#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"

namespace pghaul::transport {

/// XXH3's 128 bits, seed 0.
struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const Hash128&) const = default;
};
[[nodiscard]] Hash128 hash128(std::span<const std::byte> bytes) noexcept;

/// The header before each frame (docs/formats/archive.md). A frame holds rows; one without any ends the
/// stream.
///
/// Units      raw bytes: what the frame unpacks to, rows and their lengths; stored bytes: what follows.
struct FrameHeader {
  enum class Coding : std::uint8_t { stored = 0, zstd = 1, zstd_by_column = 2 };

  static constexpr std::size_t kBytes = 48;
  /// Limit of a frame with more than one row. Together with kMostRowBytes it bounds the memory that an input
  /// can make a reader take.
  static constexpr std::size_t kMostRawBytes = std::size_t{16} << 20;
  /// Limit of one row: PostgreSQL builds none beyond 2^30 bytes.
  static constexpr std::size_t kMostRowBytes = std::size_t{1} << 30;

  Coding coding = Coding::stored;
  std::uint32_t number = 0;  // position of the frame in its stream, from 0
  std::uint32_t rows = 0;
  std::uint32_t row_bytes = 0;
  std::uint32_t raw_bytes = 0;
  std::uint32_t stored_bytes = 0;
  Hash128 raw_hash;

  void write(std::span<std::byte, kBytes> bytes) const noexcept;
  /// Reads a header. Trusts nothing: the result is within the bounds above and consistent in itself.
  [[nodiscard]] static Result<FrameHeader> read(std::span<const std::byte, kBytes> bytes);
};

}  // namespace pghaul::transport
