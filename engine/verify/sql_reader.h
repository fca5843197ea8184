#pragma once

#include <cstddef>
#include <string_view>

namespace pghaul::verify {

/// Reads SQL that a server has deparsed, token by token.
///
/// Ownership  none of the text, which must outlive it.
class SqlReader {
 public:
  explicit SqlReader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] std::size_t position() const { return at_; }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  /// Returns the white space that it skips.
  std::string_view skip_spaces();
  /// Reads a literal, a quoted name, a word, or one character; nothing at the end.
  std::string_view token();
  /// Reads through the parenthesis that closes the one it stands at, and returns both and what is between.
  std::string_view group();
  /// Skips the name of a type, after "::".
  void skip_type();

  /// Tells whether `c` may stand in a name; bytes beyond ASCII may.
  [[nodiscard]] static bool is_word(char c);

 private:
  void skip_quoted(bool escapes);
  void skip_modifiers();
  bool skip_word_of_type();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace pghaul::verify
