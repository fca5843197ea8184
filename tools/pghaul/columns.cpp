#include "columns.h"

#include <cwchar>
#include <sstream>

#include "utf8.h"

namespace pghaul::command {

namespace {

std::size_t columns_of(const Character& character) {
  if (!character.value || *character.value < 0x80) return 1;
  const int columns = wcwidth(static_cast<wchar_t>(*character.value));
  return columns < 0 ? 1 : static_cast<std::size_t>(columns);
}

std::size_t tone_at_front(std::string_view text) {
  return text.starts_with("\033[") ? text.find('m') + 1 : 0;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    if (const std::size_t tone = tone_at_front(text); tone > 0) {
      text.remove_prefix(tone);
      continue;
    }
    const Character next = first_character(text);
    columns += columns_of(next);
    text.remove_prefix(next.bytes);
  }
  return columns;
}

std::string cut(std::string_view text, std::size_t columns, const Style& style) {
  if (columns_of(text) <= columns) return std::string(text);
  const std::string_view mark = style.unicode ? "…" : "~";
  if (columns == 0) return {};
  std::size_t bytes = 0;
  std::size_t used = 1;
  for (;;) {
    const Character next = first_character(text.substr(bytes));
    used += columns_of(next);
    if (used > columns) break;
    bytes += next.bytes;
  }
  return std::string(text.substr(0, bytes)).append(mark);
}

std::vector<std::string> wrap(const std::string& text, std::size_t columns) {
  std::istringstream words(text);
  std::vector<std::string> lines;
  for (std::string word; words >> word;) {
    const bool fits = !lines.empty() && columns_of(lines.back()) + 1 + columns_of(word) <= columns;
    if (fits) {
      lines.back().append(" ").append(word);
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

std::string to_the_left(std::string_view text, std::size_t columns) {
  const std::size_t used = columns_of(text);
  return std::string(text).append(used < columns ? columns - used : 0, ' ');
}

std::string to_the_right(std::string_view text, std::size_t columns) {
  const std::size_t used = columns_of(text);
  return std::string(used < columns ? columns - used : 0, ' ').append(text);
}

}  // namespace pghaul::command
