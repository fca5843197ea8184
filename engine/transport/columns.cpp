#include "transport/columns.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pghaul::transport {
namespace {

// Source  PostgreSQL manual, page COPY, "Binary Format": numbers have their high byte first.
constexpr std::size_t kCountBytes = 2;
constexpr std::size_t kLengthBytes = 4;
constexpr std::uint32_t kNull = 0xFFFFFFFF;
constexpr std::size_t kMostColumns = 1664;  // of a statement's result
constexpr std::size_t kFewestRows = 2;

constexpr std::byte kAllAlike{1};
constexpr std::byte kEachItsOwn{0};

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

bool Columns::arrange(std::span<const std::byte> rows, std::size_t count) {
  if (count < kFewestRows || !read_rows(rows, count)) return false;
  bytes_.clear();
  bytes_.resize(kCountBytes);
  put_number(bytes_.data(), columns_, kCountBytes);
  for (std::size_t column = 0; column < columns_; ++column) write_lengths(column, count);
  std::size_t place = bytes_.size();
  for (std::size_t column = 0; column < columns_; ++column) {
    place += std::exchange(places_[column], place);
  }
  if (place > rows.size()) return false;
  bytes_.resize(place);
  const std::byte* from = rows.data();
  const std::uint32_t* length = lengths_.data();
  for (std::size_t row = 0; row < count; ++row) {
    from += kCountBytes;
    for (std::size_t column = 0; column < columns_; ++column, ++length) {
      from += kLengthBytes;
      if (*length <= 1) continue;
      const std::size_t size = *length - 1;
      std::memcpy(bytes_.data() + places_[column], from, size);
      places_[column] += size;
      from += size;
    }
  }
  return true;
}

/// Their lengths, and how many bytes each column has.
bool Columns::read_rows(std::span<const std::byte> rows, std::size_t count) {
  if (rows.size() < kCountBytes) return false;
  columns_ = number_at(rows.data(), kCountBytes);
  if (columns_ == 0 || columns_ > kMostColumns) return false;
  if (count > rows.size() / (kCountBytes + kLengthBytes * columns_)) return false;
  lengths_.resize(count * columns_);
  places_.assign(columns_, 0);
  std::size_t at = 0;
  std::uint32_t* length = lengths_.data();
  for (std::size_t row = 0; row < count; ++row) {
    if (rows.size() - at < kCountBytes || number_at(rows.data() + at, kCountBytes) != columns_) return false;
    at += kCountBytes;
    for (std::size_t column = 0; column < columns_; ++column, ++length) {
      if (rows.size() - at < kLengthBytes) return false;
      const std::size_t said = number_at(rows.data() + at, kLengthBytes);
      at += kLengthBytes;
      *length = static_cast<std::uint32_t>(said) + 1;  // NULL becomes 0
      if (*length == 0) continue;
      if (said > rows.size() - at) return false;
      at += said;
      places_[column] += said;
    }
  }
  return at == rows.size();
}

void Columns::write_lengths(std::size_t column, std::size_t count) {
  const std::uint32_t first = lengths_[column];
  bool alike = true;
  for (std::size_t row = 1; row < count && alike; ++row) alike = lengths_[row * columns_ + column] == first;
  bytes_.push_back(alike ? kAllAlike : kEachItsOwn);
  for (std::size_t row = 0; row < (alike ? 1 : count); ++row) {
    append_short(bytes_, lengths_[row * columns_ + column]);
  }
}

bool Columns::restore(std::span<const std::byte> arranged, std::size_t count, std::span<std::byte> rows) {
  if (arranged.size() < kCountBytes) return false;
  columns_ = number_at(arranged.data(), kCountBytes);
  if (columns_ == 0 || columns_ > kMostColumns) return false;
  if (count == 0 || count > rows.size() / (kCountBytes + kLengthBytes * columns_)) return false;
  lengths_.resize(count * columns_);
  places_.assign(columns_, 0);
  std::size_t at = kCountBytes;
  for (std::size_t column = 0; column < columns_; ++column) {
    if (!read_lengths(arranged, at, column, count)) return false;
  }
  std::size_t place = at;
  for (std::size_t column = 0; column < columns_; ++column) {
    if (places_[column] > arranged.size() - place) return false;
    place += std::exchange(places_[column], place);
  }
  const std::size_t values = place - at;
  if (place != arranged.size()) return false;
  if (count * (kCountBytes + kLengthBytes * columns_) + values != rows.size()) return false;

  std::byte* to = rows.data();
  const std::uint32_t* length = lengths_.data();
  for (std::size_t row = 0; row < count; ++row) {
    to = put_number(to, columns_, kCountBytes);
    for (std::size_t column = 0; column < columns_; ++column, ++length) {
      to = put_number(to, *length - 1U, kLengthBytes);
      if (*length <= 1) continue;
      const std::size_t size = *length - 1;
      std::memcpy(to, arranged.data() + places_[column], size);
      places_[column] += size;
      to += size;
    }
  }
  return true;
}

std::size_t Columns::row_bytes(std::size_t row) const noexcept {
  std::size_t bytes = kCountBytes + kLengthBytes * columns_;
  for (std::size_t column = 0; column < columns_; ++column) {
    bytes += std::max(lengths_[row * columns_ + column], 1U) - 1;
  }
  return bytes;
}

/// And adds up how many bytes the column has.
bool Columns::read_lengths(std::span<const std::byte> arranged, std::size_t& at, std::size_t column,
                           std::size_t count) {
  if (at == arranged.size()) return false;
  const std::byte how = arranged[at++];
  if (how != kAllAlike && how != kEachItsOwn) return false;
  std::uint32_t length = 0;
  for (std::size_t row = 0; row < count; ++row) {
    if ((row == 0 || how == kEachItsOwn) && !read_short(arranged, at, length)) return false;
    lengths_[row * columns_ + column] = length;
    if (length > 0) places_[column] += length - 1;
  }
  return true;
}

}  // namespace pghaul::transport
