#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pghaul::transport {

/// Rows of COPY's binary format, arranged by column: values that are alike stand together, which zstd makes
/// more of than of rows, in less time (docs/formats/archive.md).
///
/// Threads    one at a time.
/// Memory     as large as the rows, and four bytes for each of their values; kept for the next ones.
class Columns {
 public:
  /// Of `count` rows, one after another. False: they are not all of as many columns, or not of that format,
  /// or would become larger. bytes() is what they become.
  [[nodiscard]] bool arrange(std::span<const std::byte> rows, std::size_t count);
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

  /// Writes to `rows`, all of it, what arrange() was given. Believes nothing: false where `arranged` is not
  /// what it makes of `count` rows of that size.
  [[nodiscard]] bool restore(std::span<const std::byte> arranged, std::size_t count,
                             std::span<std::byte> rows);
  /// Of each of the rows that restore() has just written.
  [[nodiscard]] std::size_t row_bytes(std::size_t row) const noexcept;

 private:
  [[nodiscard]] bool read_rows(std::span<const std::byte> rows, std::size_t count);
  void write_lengths(std::size_t column, std::size_t count);
  [[nodiscard]] bool read_lengths(std::span<const std::byte> arranged, std::size_t& at, std::size_t column,
                                  std::size_t count);

  std::size_t columns_ = 0;
  std::vector<std::uint32_t> lengths_;  // of the values row by row, plus one; 0: NULL
  std::vector<std::size_t> places_;     // where the next value of each column stands
  std::vector<std::byte> bytes_;
};

}  // namespace pghaul::transport
