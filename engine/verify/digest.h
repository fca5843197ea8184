#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pghaul::verify {

/// The digest of a set of rows: equal sets give equal digests, in whatever order and portions they are added.
///
/// The hash is a sum and no exclusive or, so that a row which came twice is seen.
///
/// Units      bytes of COPY data.
struct Digest {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint64_t sum_low = 0;  // the sum of the rows' hashes, modulo 2^128
  std::uint64_t sum_high = 0;

  Digest& operator+=(const Digest& other) noexcept;
  bool operator==(const Digest&) const = default;

  /// Returns the sum, as 32 hexadecimal digits.
  [[nodiscard]] std::string hex() const;
  /// Sets the sum from what hex() gave; false, and nothing set, when `digits` are something else.
  [[nodiscard]] bool set_hex(std::string_view digits) noexcept;
};

}  // namespace pghaul::verify
