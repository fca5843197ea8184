#include "verify/sql_reader.h"

#include <array>

namespace pghaul::verify {
namespace {

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

}  // namespace

bool SqlReader::is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string_view SqlReader::skip_spaces() {
  const std::size_t start = at_;
  while (is_space(peek())) ++at_;
  return text_.substr(start, at_ - start);
}

std::string_view SqlReader::token() {
  if (at_end()) return {};
  const std::size_t start = at_;
  const bool escapes = (peek() == 'E' || peek() == 'e') && peek(1) == '\'';
  if (escapes) ++at_;
  if (peek() == '\'' || peek() == '"') {
    skip_quoted(escapes);
  } else if (is_word(peek())) {
    while (is_word(peek())) ++at_;
  } else {
    ++at_;
  }
  return text_.substr(start, at_ - start);
}

std::string_view SqlReader::group() {
  const std::size_t start = at_;
  int open = 0;
  do {
    const std::string_view read = token();
    if (read == "(") ++open;
    if (read == ")") --open;
  } while (open > 0 && !at_end());
  return text_.substr(start, at_ - start);
}

void SqlReader::skip_type() {
  skip_spaces();
  token();
  while (peek() == '.') {
    ++at_;
    token();
  }
  for (bool more = true; more;) {
    skip_modifiers();
    more = skip_word_of_type();
  }
  while (peek() == '[' && peek(1) == ']') at_ += 2;
}

void SqlReader::skip_quoted(bool escapes) {
  const char quote = text_[at_++];
  while (!at_end()) {
    const char c = text_[at_++];
    if (escapes && c == '\\' && !at_end()) {
      ++at_;
    } else if (c == quote) {
      if (peek() != quote) return;
      ++at_;
    }
  }
}

/// Skips (10,2), right after a type.
void SqlReader::skip_modifiers() {
  if (peek() != '(') return;
  const std::size_t end = text_.find(')', at_);
  at_ = end == std::string_view::npos ? text_.size() : end + 1;
}

/// Skips a further word of a type's name: double precision, timestamp with time zone, interval day to second.
bool SqlReader::skip_word_of_type() {
  constexpr std::array<std::string_view, 13> words = {
      "varying", "precision", "with time zone", "without time zone", "year",    "month", "day",
      "hour",    "minute",    "second",         "to month",          "to hour", "to"};
  if (peek() != ' ' || at_ + 1 == text_.size()) return false;
  for (const std::string_view word : words) {
    if (!text_.substr(at_ + 1).starts_with(word) || is_word(peek(1 + word.size()))) continue;
    at_ += 1 + word.size();
    return true;
  }
  return false;
}

}  // namespace pghaul::verify
