#include "schema/name_pattern.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace pghaul::schema {
namespace {

constexpr std::size_t kLongestName = 1024;  // bytes; PostgreSQL's have 63: a longer one is no name

/// Returns one wide character for each of UTF-8's; what is no UTF-8 byte by byte, which matches none of the
/// others.
std::wstring characters(std::string_view text) {
  constexpr std::uint32_t kNoCharacter = 0x110000;
  std::wstring wide;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<std::uint8_t>(text[i]);
    const std::size_t length = first < 0x80        ? 1
                               : first >> 5U == 6  ? 2
                               : first >> 4U == 14 ? 3
                               : first >> 3U == 30 ? 4
                                                   : 0;
    std::uint32_t code = length < 2 ? first : first & (0x7FU >> length);
    bool whole = length > 0 && i + length <= text.size();
    for (std::size_t more = 1; whole && more < length; ++more) {
      const auto byte = static_cast<std::uint8_t>(text[i + more]);
      whole = byte >> 6U == 2;
      code = code << 6U | (byte & 0x3FU);
    }
    wide += static_cast<wchar_t>(whole ? code : kNoCharacter + first);
    i += whole ? length : 1;
  }
  return wide;
}

bool is_letter_or_digit(wchar_t c) {
  return (c >= L'a' && c <= L'z') || (c >= L'A' && c <= L'Z') || (c >= L'0' && c <= L'9') || c == L'_' ||
         c >= 0x80;
}

wchar_t lower(wchar_t c) {
  return c >= L'A' && c <= L'Z' ? static_cast<wchar_t>(c - L'A' + L'a') : c;
}

/// Translates each part into a regular expression of std.
class Translation {
 public:
  explicit Translation(const std::string& pattern) : text_(characters(pattern)) {}

  /// Returns nothing when the pattern holds what is not supported here.
  std::optional<std::vector<std::wstring>> run() {
    for (; at_ < text_.size(); ++at_) {
      const wchar_t c = text_[at_];
      if (c == L'"') {
        take_quote();
      } else if (quoted_) {
        literal(c);
      } else if (!take(c)) {
        return std::nullopt;
      }
    }
    return std::move(parts_);
  }

 private:
  [[nodiscard]] wchar_t next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : L'\0'; }

  void take_quote() {
    if (quoted_ && next() == L'"') {
      literal(L'"');
      ++at_;
    } else {
      quoted_ = !quoted_;
    }
  }

  bool take(wchar_t c) {
    constexpr const wchar_t* kAny = L"[\\s\\S]";
    switch (c) {
      case L'*':
        parts_.back() += std::wstring(kAny) + L"*";
        return true;
      case L'?':
        parts_.back() += kAny;
        return true;
      case L'.':
        parts_.emplace_back();
        return true;
      case L'[':
        if (next() == L']') return literal(c);  // as in an array's type
        return take_class();
      case L'(':
      case L')':
      case L'|':
      case L'+':
        parts_.back() += c;
        return true;
      case L'\\':
      case L'^':
      case L'{':
        return false;
      default:
        return literal(lower(c));
    }
  }

  /// Reads letters, digits and ranges of them, with ^ before them.
  bool take_class() {
    std::wstring& part = parts_.back();
    part += L'[';
    if (next() == L'^') part += text_[++at_];
    const std::size_t begin = part.size();
    while (++at_ < text_.size()) {
      const wchar_t c = text_[at_];
      if (c == L']') {
        if (part.size() == begin) return false;
        part += c;
        return true;
      }
      if (!is_letter_or_digit(c) && c != L'-') return false;
      part += lower(c);
    }
    return false;
  }

  bool literal(wchar_t c) {
    if (std::wstring_view(L"|*+?()[]{}.^$\\").find(c) != std::wstring_view::npos) parts_.back() += L'\\';
    parts_.back() += c;
    return true;
  }

  std::wstring text_;
  std::size_t at_ = 0;
  bool quoted_ = false;
  std::vector<std::wstring> parts_{1};
};

bool is_match(std::string_view name, const std::wregex& regex) {
  return name.size() <= kLongestName && std::regex_match(characters(name), regex);
}

}  // namespace

Result<NamePattern> NamePattern::parse(const std::string& pattern, std::size_t most_parts) {
  const std::optional<std::vector<std::wstring>> parts = Translation(pattern).run();
  if (parts && parts->size() > most_parts) {
    return fail(ErrorCode::usage, "improper qualified name (too many dotted names): " + pattern,
                most_parts == 1 ? "give the name of a schema" : "give schema.name, or a name");
  }
  std::vector<std::wregex> regexes;
  bool understood = parts.has_value();
  try {
    for (std::size_t i = 0; understood && i < parts->size(); ++i)
      regexes.emplace_back(L"(?:" + (*parts)[i] + L")");
  } catch (const std::regex_error&) {
    understood = false;
  }
  if (understood) return NamePattern(std::move(regexes));
  return fail(
      ErrorCode::usage, "the pattern \"" + pattern + "\" can't be read where an archive is the source",
      "of regular expressions it takes [a-z], (one|other) and +; put a name with other signs into quotes");
}

Result<NamePattern> NamePattern::of_schema(const std::string& pattern) {
  return parse(pattern, 1);
}

Result<NamePattern> NamePattern::of_table(const std::string& pattern) {
  return parse(pattern, 2);
}

bool NamePattern::matches(std::string_view schema) const {
  return is_match(schema, parts_.front());
}

bool NamePattern::matches(const catalog::Name& table) const {
  return is_match(table.name, parts_.back()) && (!has_schema() || is_match(table.schema, parts_.front()));
}

}  // namespace pghaul::schema
