#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pghaul::transport {

/// Rows of COPY's binary format, arranged by column: alike values stand together, which zstd compresses
/// better than rows, in less time (docs/formats/archive.md).
///
/// Threads    one at a time.
/// Memory     as large as the rows, four bytes for each of their values, and by byte the largest column; kept
///            for the next ones.
class Columns {
 public:
  /// The order of a column whose values all have a number's size: one value after another, or byte_planes.h.
  enum class Order { by_value, by_byte };
  explicit Columns(Order order = Order::by_value) : order_(order) {}

  /// Returns the number of fields in the row that begins with these bytes; 0: no row does.
  [[nodiscard]] static std::size_t fields(std::span<const std::byte> row) noexcept;

  /// Arranges rows that follow one another; bytes() is the result. False: they have different numbers of
  /// columns, or are not of that format, or single, or would become larger.
  [[nodiscard]] bool arrange(std::span<const std::byte> rows);
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
  /// Returns how many arrange() has found.
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }

  /// Writes to `rows`, all of it, what arrange() was given. Trusts nothing: false where `arranged` is not
  /// what it makes of `count` rows of that size.
  [[nodiscard]] bool restore(std::span<const std::byte> arranged, std::size_t count,
                             std::span<std::byte> rows);
  /// Returns the size of one of the rows that have just been arranged or restored.
  [[nodiscard]] std::size_t row_bytes(std::size_t row) const noexcept;

 private:
  [[nodiscard]] bool read_rows(std::span<const std::byte> rows);
  void write_lengths(std::size_t column);
  void gather_values(std::span<const std::byte> rows, std::span<std::byte> values);
  void split_columns(std::span<std::byte> values);
  [[nodiscard]] bool read_lengths(std::span<const std::byte> arranged, std::size_t& at, std::size_t column);
  [[nodiscard]] bool find_values(std::span<const std::byte> values);
  [[nodiscard]] std::size_t width(std::size_t column) const noexcept;
  [[nodiscard]] std::uint32_t length(std::size_t row, std::size_t column) const noexcept {
    return lengths_[row * columns_.size() + column];
  }

  struct Column {
    std::size_t bytes = 0;   // size of its values
    std::size_t how_at = 0;  // in bytes_
    std::byte how{};
  };

  Order order_;
  std::size_t rows_ = 0;
  std::vector<Column> columns_;
  std::vector<std::uint32_t> lengths_;  // sizes of the values row by row, plus one; 0: NULL
  std::vector<std::byte> bytes_;
  std::vector<std::byte> values_;          // those of one column, or of all, in the other order
  std::vector<std::byte*> places_;         // where the next value of each column goes
  std::vector<const std::byte*> sources_;  // where that value comes from
};

}  // namespace pghaul::transport
