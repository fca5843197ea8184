#include "verify/same_expression.h"

#include <algorithm>
#include <array>

namespace pghaul::verify {
namespace {

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Bytes beyond ASCII are parts of names.
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Takes an expression apart, from left to right.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void skip_spaces() {
    while (is_space(peek())) ++at_;
  }

  /// A literal, a name, a word, or one character; nothing at the end.
  std::string_view token() {
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

  /// The name of a type, after "::".
  void skip_type() {
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

 private:
  void skip_quoted(bool escapes) {
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

  /// (10,2), right after a type.
  void skip_modifiers() {
    if (peek() != '(') return;
    const std::size_t end = text_.find(')', at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
  }

  /// What goes on with a type of several words: double precision, timestamp with time zone, interval day to
  /// second.
  bool skip_word_of_type() {
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

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string skeleton(std::string_view expression) {
  std::string bones;
  Reader reader(expression);
  for (reader.skip_spaces(); !reader.at_end(); reader.skip_spaces()) {
    if (reader.peek() == ':' && reader.peek(1) == ':') {
      reader.token();
      reader.token();
      reader.skip_type();
      continue;
    }
    const std::string_view token = reader.token();
    if (token == "(" || token == ")") continue;
    if (!bones.empty() && is_word(bones.back()) && is_word(token.front())) bones += ' ';
    bones += token;
  }
  return bones;
}

bool same_expression(std::string_view one, std::string_view other) {
  return one == other || skeleton(one) == skeleton(other);
}

}  // namespace pghaul::verify
