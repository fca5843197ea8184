#include "escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "utf8.h"

namespace pghaul::command {

namespace {

struct Span {
  char32_t first;
  char32_t last;
};

// Characters that have no shape of their own, or change the direction of what follows.
constexpr std::array kTreacherous{Span{0x00, 0x1F},     Span{0x7F, 0x9F},      Span{0xAD, 0xAD},
                                  Span{0x061C, 0x061C}, Span{0x180E, 0x180E},  Span{0x200B, 0x200F},
                                  Span{0x2028, 0x202E}, Span{0x2060, 0x206F},  Span{0xFEFF, 0xFEFF},
                                  Span{0xFFF9, 0xFFFB}, Span{0xE0000, 0xE007F}};

bool treacherous(char32_t value) {
  return std::any_of(kTreacherous.begin(), kTreacherous.end(),
                     [value](const Span& span) { return span.first <= value && value <= span.last; });
}

std::string numbered(char32_t value) {
  switch (value) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  const auto number = static_cast<unsigned>(value);
  return number < 0x80 ? fmt::format("\\x{:02x}", number) : fmt::format("\\u{{{:x}}}", number);
}

}  // namespace

std::string escape(std::string_view text, const Style& style) {
  std::string shown;
  while (!text.empty()) {
    const Character next = first_character(text);
    if (!next.value) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    } else if (treacherous(*next.value) || (*next.value >= 0x80 && !style.unicode)) {
      shown += numbered(*next.value);
    } else {
      shown += text.substr(0, next.bytes);
    }
    text.remove_prefix(next.bytes);
  }
  return shown;
}

std::string escape_lines(std::string_view text, const Style& style) {
  text = text.substr(0, text.find_last_not_of(" \t\n") + 1);
  std::string shown;
  for (;;) {
    const std::size_t end = text.find('\n');
    shown += escape(text.substr(0, end), style);
    if (end == std::string_view::npos) return shown;
    shown += "\n    ";
    text.remove_prefix(std::min(text.find_first_not_of(" \t", end + 1), text.size()));
  }
}

}  // namespace pghaul::command
