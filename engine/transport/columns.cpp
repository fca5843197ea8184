#include "transport/columns.h"

#include <algorithm>
#include <cstring>

#include "transport/byte_planes.h"

namespace pghaul::transport {
namespace {

// Source  PostgreSQL manual, page COPY, "Binary Format": numbers have their high byte first.
constexpr std::size_t kCountBytes = 2;
constexpr std::size_t kLengthBytes = 4;
constexpr std::uint32_t kNull = 0xFFFFFFFF;
constexpr std::size_t kMostColumns = 1664;  // limit of a statement's result
constexpr std::size_t kFewestRows = 2;

// Codes of how a column's lengths and values are stored.
constexpr std::byte kOneLength{1};  // all have the same length
constexpr std::byte kByByte{2};
constexpr std::byte kDifferences{4};

bool has(std::byte how, std::byte what) {
  return (how & what) == what;
}

bool makes_sense(std::byte how) {
  return (how & ~(kOneLength | kByByte | kDifferences)) == std::byte{0} &&
         (has(how, kByByte) || !has(how, kDifferences));
}

Numbers numbers_of(std::byte how) {
  return has(how, kDifferences) ? Numbers::differences : Numbers::themselves;
}

std::size_t number_at(const std::byte* bytes, std::size_t size) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | std::to_integer<std::size_t>(bytes[i]);
  return value;
}

std::byte* put_number(std::byte* to, std::size_t value, std::size_t size) {
  for (std::size_t i = size; i-- > 0; value >>= 8) to[i] = static_cast<std::byte>(value);
  return to + size;
}

void append_short(std::vector<std::byte>& bytes, std::uint32_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<std::byte>(value | 0x80));
  bytes.push_back(static_cast<std::byte>(value));
}

bool read_short(std::span<const std::byte> bytes, std::size_t& at, std::uint32_t& value) {
  std::uint64_t read = 0;
  for (unsigned shift = 0; shift <= 28 && at < bytes.size(); shift += 7) {
    const auto byte = std::to_integer<std::uint64_t>(bytes[at++]);
    read |= (byte & 0x7F) << shift;
    if (byte >= 0x80) continue;
    value = static_cast<std::uint32_t>(read);
    return read < kNull;
  }
  return false;
}

}  // namespace

std::size_t Columns::fields(std::span<const std::byte> row) noexcept {
  if (row.size() < kCountBytes) return 0;
  const std::size_t said = number_at(row.data(), kCountBytes);
  return said <= kMostColumns ? said : 0;
}

bool Columns::arrange(std::span<const std::byte> rows) {
  if (!read_rows(rows) || rows_ < kFewestRows) return false;
  bytes_.resize(kCountBytes);
  put_number(bytes_.data(), columns_.size(), kCountBytes);
  for (std::size_t column = 0; column < columns_.size(); ++column) write_lengths(column);
  const std::size_t lengths = bytes_.size();
  std::size_t all = lengths;
  for (const Column& column : columns_) all += column.bytes;
  if (all > rows.size()) return false;
  bytes_.resize(all);
  gather_values(rows, std::span(bytes_).subspan(lengths));
  if (order_ == Order::by_byte) split_columns(std::span(bytes_).subspan(lengths));
  return true;
}

/// Reads the rows' lengths, and sums up the bytes of each column.
bool Columns::read_rows(std::span<const std::byte> rows) {
  rows_ = 0;
  lengths_.clear();
  const std::size_t columns = fields(rows);
  if (columns == 0) return false;
  columns_.assign(columns, {});
  for (std::size_t at = 0; at < rows.size(); ++rows_) {
    if (fields(rows.subspan(at)) != columns) return false;
    at += kCountBytes;
    lengths_.resize(lengths_.size() + columns);
    std::uint32_t* length = lengths_.data() + rows_ * columns;
    for (std::size_t column = 0; column < columns; ++column, ++length) {
      if (rows.size() - at < kLengthBytes) return false;
      const std::size_t said = number_at(rows.data() + at, kLengthBytes);
      at += kLengthBytes;
      *length = static_cast<std::uint32_t>(said) + 1;  // NULL becomes 0
      if (*length == 0) continue;
      if (said > rows.size() - at) return false;
      at += said;
      columns_[column].bytes += said;
    }
  }
  return true;
}

void Columns::write_lengths(std::size_t column) {
  bool alike = true;
  for (std::size_t row = 1; row < rows_ && alike; ++row) alike = length(row, column) == length(0, column);
  columns_[column].how_at = bytes_.size();
  columns_[column].how = alike ? kOneLength : std::byte{0};
  bytes_.push_back(columns_[column].how);
  for (std::size_t row = 0; row < (alike ? 1 : rows_); ++row) append_short(bytes_, length(row, column));
}

void Columns::gather_values(std::span<const std::byte> rows, std::span<std::byte> values) {
  places_.clear();
  std::byte* place = values.data();
  for (const Column& column : columns_) {
    places_.push_back(place);
    place += column.bytes;
  }
  const std::byte* from = rows.data();
  const std::uint32_t* length = lengths_.data();
  for (std::size_t row = 0; row < rows_; ++row) {
    from += kCountBytes;
    for (std::size_t column = 0; column < columns_.size(); ++column, ++length) {
      from += kLengthBytes;
      if (*length <= 1) continue;
      const std::size_t size = *length - 1;
      std::memcpy(places_[column], from, size);
      places_[column] += size;
      from += size;
    }
  }
}

/// Splits the columns of numbers, which are stored by value.
void Columns::split_columns(std::span<std::byte> values) {
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    Column& of = columns_[column];
    const std::span<std::byte> own = values.first(of.bytes);
    values = values.subspan(of.bytes);
    const std::size_t bytes_each = width(column);
    if (bytes_each == 0) continue;
    values_.assign(own.begin(), own.end());
    const Numbers numbers = better_split(values_, bytes_each);
    split(values_, bytes_each, numbers, own);
    of.how |= numbers == Numbers::differences ? kByByte | kDifferences : kByByte;
    bytes_[of.how_at] = of.how;
  }
}

/// Returns the width of the column's values, if they are numbers; otherwise 0.
std::size_t Columns::width(std::size_t column) const noexcept {
  std::uint32_t common = 0;
  const std::size_t rows = has(columns_[column].how, kOneLength) ? 1 : rows_;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint32_t one = length(row, column);
    if (one == 0) continue;
    if (common != 0 && one != common) return 0;
    common = one;
  }
  return common > 0 && can_be_split(common - 1) ? common - 1 : 0;
}

bool Columns::restore(std::span<const std::byte> arranged, std::size_t count, std::span<std::byte> rows) {
  const std::size_t columns = fields(arranged);
  if (columns == 0) return false;
  if (count == 0 || count > rows.size() / (kCountBytes + kLengthBytes * columns)) return false;
  rows_ = count;
  columns_.assign(columns, {});
  lengths_.resize(count * columns);
  std::size_t at = kCountBytes;
  for (std::size_t column = 0; column < columns; ++column) {
    if (!read_lengths(arranged, at, column)) return false;
  }
  const std::span<const std::byte> values = arranged.subspan(at);
  std::size_t left = values.size();
  for (const Column& column : columns_) {
    if (column.bytes > left) return false;
    left -= column.bytes;
  }
  if (left != 0) return false;
  if (count * (kCountBytes + kLengthBytes * columns) + values.size() != rows.size()) return false;
  if (!find_values(values)) return false;

  std::byte* to = rows.data();
  const std::uint32_t* length = lengths_.data();
  for (std::size_t row = 0; row < count; ++row) {
    to = put_number(to, columns, kCountBytes);
    for (std::size_t column = 0; column < columns; ++column, ++length) {
      to = put_number(to, *length - 1U, kLengthBytes);
      if (*length <= 1) continue;
      const std::size_t size = *length - 1;
      std::memcpy(to, sources_[column], size);
      sources_[column] += size;
      to += size;
    }
  }
  return true;
}

/// Finds the beginning of each column's values, stored by value.
bool Columns::find_values(std::span<const std::byte> values) {
  values_.resize(values.size());
  sources_.clear();
  std::size_t at = 0;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const Column& of = columns_[column];
    const std::span<const std::byte> own = values.subspan(at, of.bytes);
    sources_.push_back(own.data());
    if (has(of.how, kByByte)) {
      const std::size_t bytes_each = width(column);
      if (bytes_each == 0) return false;
      const std::span<std::byte> joined = std::span(values_).subspan(at, of.bytes);
      join(own, bytes_each, numbers_of(of.how), joined);
      sources_.back() = joined.data();
    }
    at += of.bytes;
  }
  return true;
}

std::size_t Columns::row_bytes(std::size_t row) const noexcept {
  std::size_t bytes = kCountBytes + kLengthBytes * columns_.size();
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    bytes += std::max(length(row, column), 1U) - 1;
  }
  return bytes;
}

/// Reads a column's lengths, and sums up its bytes.
bool Columns::read_lengths(std::span<const std::byte> arranged, std::size_t& at, std::size_t column) {
  if (at == arranged.size()) return false;
  Column& of = columns_[column];
  of.how = arranged[at++];
  if (!makes_sense(of.how)) return false;
  std::uint32_t length = 0;
  for (std::size_t row = 0; row < rows_; ++row) {
    if ((row == 0 || !has(of.how, kOneLength)) && !read_short(arranged, at, length)) return false;
    lengths_[row * columns_.size() + column] = length;
    if (length > 0) of.bytes += length - 1;
  }
  return true;
}

}  // namespace pghaul::transport
