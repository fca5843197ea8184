#include "header_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "discovery/option_table.h"
#include "pghaul/columns.h"

namespace pghaul::documents {
namespace {

using discovery::Option;
using discovery::Verb;

constexpr std::size_t kNameColumns = 19;
constexpr std::size_t kTextColumns = 93;
constexpr std::array kVerbs{Verb::copy,    Verb::verify, Verb::sync,       Verb::plan,  Verb::estimate,
                            Verb::abandon, Verb::status, Verb::switchover, Verb::finish};

/// Returns the line of help, and what a program has to know beyond it.
std::string text_of(const Option& option) {
  const discovery::OptionValue& value = option.value;
  std::vector<std::string> sentences{option.text};
  if (*option.standard != '\0') sentences.front() += fmt::format(" (default: {})", option.standard);
  const bool flag = std::string_view(value.kind) == "flag";
  if (!flag && option.text.find(value.expects) == std::string::npos)
    sentences.push_back("Takes " + value.expects);
  if (*value.automatic != '\0') sentences.back() += fmt::format(", or {} to have it chosen", value.automatic);
  if (value.adds) sentences.emplace_back("Each call adds one");
  if (*option.remark != '\0') sentences.emplace_back(option.remark);
  std::string text;
  for (const std::string& sentence : sentences) {
    if (!text.empty()) text += text.ends_with('?') ? " " : ". ";
    text += sentence;
  }
  return text;
}

std::string entry(const Option& option) {
  std::string lines;
  std::string name = option.name;
  for (const std::string& line : command::wrap(text_of(option), kTextColumns)) {
    lines += fmt::format(" * {:<{}} {}\n", name, kNameColumns, line);
    name.clear();
  }
  return lines;
}

std::string row(const Option& option) {
  std::string line = fmt::format(" * {:<18}", option.name);
  for (const Verb verb : kVerbs) {
    const bool takes = std::ranges::find(option.verbs, verb) != option.verbs.end();
    line +=
        fmt::format(" {:^{}}", takes ? "x" : "-", std::string_view(discovery::verb_name(verb)).size() + 1);
  }
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

}  // namespace

std::string header_list() {
  std::string list;
  for (const Option& option : discovery::option_table()) list += entry(option);
  list +=
      " *\n"
      " * Which verbs an option is meant for; it has no meaning for the others:\n"
      " *\n"
      " * option            ";
  for (const Verb verb : kVerbs)
    list += fmt::format(" {:<{}}", discovery::verb_name(verb),
                        std::string_view(discovery::verb_name(verb)).size() + 1);
  list = list.substr(0, list.find_last_not_of(' ') + 1) + "\n";
  for (const Option& option : discovery::option_table()) list += row(option);
  return list;
}

}  // namespace pghaul::documents
