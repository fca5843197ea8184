#include "rows/fields.h"

#include <cstdint>

namespace pghaul::rows {
namespace {

constexpr std::size_t kCountBytes = 2;
constexpr std::size_t kLengthBytes = 4;

std::uint32_t length_at(std::string_view bytes) noexcept {
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    length = length << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return length;
}

void split_binary(std::string_view row, std::vector<std::string_view>& fields, std::size_t most) {
  row.remove_prefix(row.size() < kCountBytes ? row.size() : kCountBytes);
  while (row.size() >= kLengthBytes && fields.size() < most) {
    const std::uint32_t length = length_at(row);
    const std::size_t bytes = kLengthBytes + (length == 0xFFFFFFFFU ? 0 : length);
    if (bytes > row.size()) return;
    fields.push_back(row.substr(0, bytes));
    row.remove_prefix(bytes);
  }
}

/// COPY text escapes tabs and newlines within values.
void split_text(std::string_view row, std::vector<std::string_view>& fields, std::size_t most) {
  if (row.ends_with('\n')) row.remove_suffix(1);
  while (fields.size() < most) {
    const std::size_t end = row.find('\t');
    fields.push_back(row.substr(0, end));
    if (end == std::string_view::npos) return;
    row.remove_prefix(end + 1);
  }
}

}  // namespace

void split(std::string_view row, postgres::CopyFormat format, std::vector<std::string_view>& fields,
           std::size_t most) {
  fields.clear();
  if (format == postgres::CopyFormat::binary) {
    split_binary(row, fields, most);
  } else {
    split_text(row, fields, most);
  }
}

std::string_view value_of_binary(std::string_view field) noexcept {
  return field.size() < kLengthBytes ? std::string_view{} : field.substr(kLengthBytes);
}

}  // namespace pghaul::rows
