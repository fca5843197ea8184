#include "utf8.h"

namespace pghaul::command {

namespace {

struct Lead {
  std::size_t bytes;
  unsigned bits;
  char32_t smallest;
};

std::optional<Lead> lead_of(unsigned char byte) {
  if (byte < 0x80) return Lead{1, byte, 0};
  if (byte >= 0xC2 && byte <= 0xDF) return Lead{2, byte & 0x1Fu, 0x80};
  if (byte >= 0xE0 && byte <= 0xEF) return Lead{3, byte & 0x0Fu, 0x800};
  if (byte >= 0xF0 && byte <= 0xF4) return Lead{4, byte & 0x07u, 0x10000};
  return std::nullopt;
}

bool is_character(char32_t value) {
  return value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
}

}  // namespace

Character first_character(std::string_view text) {
  const std::optional<Lead> lead = lead_of(static_cast<unsigned char>(text.front()));
  if (!lead || lead->bytes > text.size()) return {};
  char32_t value = lead->bits;
  for (std::size_t i = 1; i < lead->bytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0u) != 0x80) return {};
    value = (value << 6) | (byte & 0x3Fu);
  }
  if (value < lead->smallest || !is_character(value)) return {};
  return {value, lead->bytes};
}

}  // namespace pghaul::command
