#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Rows as COPY BINARY has them.
namespace pghaul::support {

using BinaryRow = std::vector<std::optional<std::string>>;  // a value each, or NULL

/// `value`, the high byte first.
inline std::string number(std::uint64_t value, int bytes) {
  std::string text(static_cast<std::size_t>(bytes), '\0');
  for (auto byte = text.rbegin(); byte != text.rend(); ++byte, value >>= 8)
    *byte = static_cast<char>(value & 0xFF);
  return text;
}

inline std::string binary(const BinaryRow& row) {
  std::string text = number(row.size(), 2);
  for (const auto& value : row) text += number(value ? value->size() : 0xFFFFFFFF, 4) + value.value_or("");
  return text;
}

inline std::string binary(const std::vector<BinaryRow>& rows) {
  std::string text;
  for (const BinaryRow& row : rows) text += binary(row);
  return text;
}

/// A message of the protocol.
inline std::string message(char type, const std::string& body) {
  return type + number(body.size() + 4, 4) + body;
}

inline std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace pghaul::support
