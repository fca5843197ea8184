#include "filter_file.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string_view>

namespace pghaul::command {
namespace {

struct Kind {
  std::string_view name;
  const char* include;  // the option that does it; nullptr: there is none
  const char* exclude;
};
constexpr std::array<Kind, 7> kKinds = {{
    {"table", "table", "exclude-table"},
    {"schema", "schema", "exclude-schema"},
    {"extension", "extension", "exclude-extension"},
    {"table_data", nullptr, "exclude-table-data"},
    {"table_and_children", nullptr, nullptr},
    {"table_data_and_children", nullptr, nullptr},
    {"foreign_data", nullptr, nullptr},
}};

bool is_space(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

/// The text of a file, from its beginning to its end.
class Filter {
 public:
  Filter(std::string_view text, const std::string& name) : rest_(text), name_(name) {}

  tl::expected<std::vector<Setting>, UsageError> parse() {
    std::vector<Setting> settings;
    for (skip(); !rest_.empty(); skip()) {
      const int line = line_;
      const std::string_view command = word();
      const std::string_view kind = word();
      const std::string pattern = read_pattern();
      if (command != "include" && command != "exclude") {
        return wrong(line, fmt::format("'{}' is neither include nor exclude", command));
      }
      const Kind* known = nullptr;
      for (const Kind& one : kKinds) {
        if (one.name == kind) known = &one;
      }
      if (known == nullptr) return wrong(line, fmt::format("'{}' is no kind of object", kind));
      const char* const option = command == "include" ? known->include : known->exclude;
      if (option == nullptr) {
        return wrong(line, fmt::format("pghaul has no way to {} {}", command, kind),
                     "tables' children have to be named themselves, and rows of foreign tables stay");
      }
      if (open_quote_) return wrong(line, "a quote is not closed");
      if (pattern.empty()) return wrong(line, "there is no pattern");
      settings.push_back({option, pattern});
    }
    return settings;
  }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '\n') ++line_;
    return c;
  }

  void skip_comment() {
    while (!rest_.empty() && rest_.front() != '\n') take();
  }

  /// Skips empty lines and comments.
  void skip() {
    while (!rest_.empty() && (is_space(rest_.front()) || rest_.front() == '#')) {
      if (rest_.front() == '#') {
        skip_comment();
      } else {
        take();
      }
    }
  }

  void skip_spaces() {
    while (!rest_.empty() && is_space(rest_.front()) && rest_.front() != '\n') take();
  }

  std::string_view word() {
    skip_spaces();
    const std::string_view begin = rest_;
    while (!rest_.empty() && !is_space(rest_.front()) && rest_.front() != '#') take();
    return begin.substr(0, begin.size() - rest_.size());
  }

  /// Reads to the end of the line, or of quotes that go beyond it. Outside of quotes spaces are one, and none
  /// beside a dot.
  std::string read_pattern() {
    std::string pattern;
    bool after_space = false;
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '\n' && !open_quote_) break;
      if (c == '#' && !open_quote_) {
        skip_comment();
        break;
      }
      take();
      if (is_space(c) && !open_quote_) {
        after_space = true;
        continue;
      }
      const bool beside_dot = c == '.' || pattern.ends_with('.');
      if (after_space && !pattern.empty() && !beside_dot) pattern += ' ';
      after_space = false;
      if (c == '"') open_quote_ = !open_quote_;
      pattern += c;
    }
    return pattern;
  }

  [[nodiscard]] tl::unexpected<UsageError> wrong(int line, const std::string& what,
                                                 const std::string& hint = {}) const {
    return tl::make_unexpected(UsageError{
        fmt::format("{}, line {}: {}", name_, line, what),
        hint.empty() ? "a line is: include or exclude, then table, table_data, schema or extension, then a "
                       "pattern"
                     : hint});
  }

  std::string_view rest_;
  const std::string& name_;
  int line_ = 1;
  bool open_quote_ = false;
};

}  // namespace

tl::expected<std::vector<Setting>, UsageError> parse_filter(const std::string& text,
                                                            const std::string& name) {
  return Filter(text, name).parse();
}

tl::expected<std::vector<Setting>, UsageError> read_filter(const std::string& file) {
  const auto all = [](std::istream& from) {
    return std::string(std::istreambuf_iterator<char>(from), std::istreambuf_iterator<char>());
  };
  if (file == "-") return parse_filter(all(std::cin), "standard input");
  std::ifstream opened(file, std::ios::binary);
  const std::string text = opened ? all(opened) : "";
  if (!opened || opened.bad()) {
    return tl::make_unexpected(UsageError{fmt::format("cannot read {}: {}", file, std::strerror(errno)), {}});
  }
  return parse_filter(text, file);
}

}  // namespace pghaul::command
