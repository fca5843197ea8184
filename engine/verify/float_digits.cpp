#include "verify/float_digits.h"

#include <array>
#include <charconv>
#include <string_view>

namespace pghaul::verify {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool continues_word(char c) {
  return is_digit(c) || c == '.' || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool begins_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && is_digit(text.front());
}

/// Returns the length of the number that `text` begins with; 0: it can't be shortened, or isn't one.
template <typename Float>
std::size_t add_shortest(std::string_view text, std::string& shortened) {
  Float number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto length = static_cast<std::size_t>(end - text.data());
  if (problem != std::errc{} || (length < text.size() && continues_word(text[length]))) return 0;
  std::array<char, 64> shortest{};
  const auto written = std::to_chars(shortest.data(), shortest.data() + shortest.size(), number);
  shortened.append(shortest.data(), written.ptr);
  return length;
}

void add_shortened(std::string_view column, std::uint8_t bytes, std::string& shortened) {
  bool in_word = false;
  while (!column.empty()) {
    std::size_t taken = 0;
    if (!in_word && begins_number(column)) {
      taken = bytes == 4 ? add_shortest<float>(column, shortened) : add_shortest<double>(column, shortened);
    }
    if (taken == 0) {
      shortened += column.front();
      in_word = continues_word(column.front());
      taken = 1;
    }
    column.remove_prefix(taken);
  }
}

}  // namespace

void shorten_floats(std::span<const std::byte> row, const FloatColumns& columns, std::string& shortened) {
  std::string_view rest(reinterpret_cast<const char*>(row.data()), row.size());
  shortened.clear();
  for (std::size_t place = 0; place < columns.size() && !rest.empty(); ++place) {
    std::size_t length = rest.find('\t');
    length = length == std::string_view::npos ? rest.size() : length + 1;
    const std::string_view column = rest.substr(0, length);
    if (columns[place] == 0) {
      shortened += column;
    } else {
      add_shortened(column, columns[place], shortened);
    }
    rest.remove_prefix(length);
  }
  shortened += rest;
}

}  // namespace pghaul::verify
