#include <fmt/format.h>

#include <string_view>

#include "completion.h"

namespace pghaul::documents {
namespace {

using command::VerbManual;

/// Escapes a text within single quotes, and within what _arguments and _describe split at colons and
/// brackets.
std::string quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else if (c == ':') {
      out += "\\:";
    } else if (c == '[' || c == ']') {
      out += c == '[' ? '(' : ')';
    } else {
      out += c;
    }
  }
  return out;
}

std::string value_of(const VerbManual::Option& option) {
  if (option.value.empty()) return {};
  if (!option.choices.empty()) {
    return fmt::format(":{}:({})", option.value, fmt::join(option.choices, " "));
  }
  return fmt::format(":{}:{}", option.value, option.value == "FILE" ? "_files" : " ");
}

/// Returns one specification for each name; the names of one option exclude each other unless it may be
/// repeated.
std::string specifications(const VerbManual::Option& option) {
  const bool repeatable = option.value == "PATTERN";
  const std::string before = repeatable ? "*" : fmt::format("({})", fmt::join(option.names, " "));
  std::string text;
  for (const std::string& name : option.names) {
    const char* glued = option.value.empty() ? "" : name.starts_with("--") ? "=" : "+";
    text += fmt::format(" \\\n        '{}{}{}[{}]{}'", before, name, glued, quoted(option.text),
                        value_of(option));
  }
  return text;
}

std::string verb_case(const VerbManual& verb) {
  std::string text = fmt::format("    {})\n      _arguments -s", verb.name);
  int place = 0;
  for (const VerbManual::Group& group : verb.groups) {
    for (const VerbManual::Option& option : group.options) {
      text += option.names.empty() ? fmt::format(" \\\n        '{}:{}: '", ++place, option.value)
                                   : specifications(option);
    }
  }
  return text + "\n      ;;\n";
}

}  // namespace

std::string zsh_completion(const Program& program, const std::vector<VerbManual>& verbs) {
  std::string names;
  std::string cases;
  for (const VerbManual& verb : verbs) {
    names += fmt::format("    '{}:{}'\n", verb.name, quoted(verb.about));
    cases += verb_case(verb);
  }
  return fmt::format(R"(#compdef {0}
_{0}() {{
  local -a verbs
  verbs=(
{1}  )
  if ((CURRENT == 2)); then
    _describe verb verbs
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
{2}  esac
}}
_{0} "$@"
)",
                     program.name, names, cases);
}

}  // namespace pghaul::documents
