#include "archive/text_json.h"

#include <fmt/format.h>

#include <charconv>

namespace pghaul::archive {
namespace {

/// Source  RFC 3629, section 4: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool is_utf8(const std::string& text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto in = [](unsigned byte, unsigned low, unsigned high) { return byte >= low && byte <= high; };
  const auto goes_on = [&](std::size_t i) { return in(at(i), 0x80, 0xBF); };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned first = at(i);
    if (first < 0x80) {
      i += 1;
    } else if (in(first, 0xC2, 0xDF) && goes_on(i + 1)) {
      i += 2;
    } else if (in(first, 0xE0, 0xEF) && goes_on(i + 1) && goes_on(i + 2) &&
               !(first == 0xE0 && at(i + 1) < 0xA0) && !(first == 0xED && at(i + 1) > 0x9F)) {
      i += 3;
    } else if (in(first, 0xF0, 0xF4) && goes_on(i + 1) && goes_on(i + 2) && goes_on(i + 3) &&
               !(first == 0xF0 && at(i + 1) < 0x90) && !(first == 0xF4 && at(i + 1) > 0x8F)) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

nlohmann::ordered_json text_as_json(const std::string& text) {
  if (is_utf8(text)) return text;
  std::string hex;
  for (const char byte : text) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return {{"hex", hex}};
}

std::optional<std::string> text_of_json(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_object() || value.size() != 1 || !value.contains("hex") || !value["hex"].is_string())
    return {};
  const std::string& hex = value["hex"].get_ref<const std::string&>();
  if (hex.size() % 2 != 0) return {};
  std::string text;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned byte = 0;
    const char* end = hex.data() + i + 2;
    const auto [stopped, problem] = std::from_chars(hex.data() + i, end, byte, 16);
    if (problem != std::errc{} || stopped != end) return {};
    text += static_cast<char>(byte);
  }
  return text;
}

}  // namespace pghaul::archive
