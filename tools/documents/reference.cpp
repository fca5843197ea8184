#include "reference.h"

#include <fmt/format.h>

#include "environment.h"
#include "prose.h"

namespace pghaul::documents {
namespace {

using command::VerbManual;

/// Escapes a text so that Markdown shows it unchanged.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<' || c == '*') out += '\\';
    out += c;
  }
  return out;
}

std::string left_side(const VerbManual::Option& option) {
  std::string names;
  for (const std::string& name : option.names)
    names += fmt::format("{}`{}`", names.empty() ? "" : ", ", name);
  if (option.value.empty()) return names;
  return names + fmt::format("{}*{}*", names.empty() ? "" : " ", option.value);
}

std::string section(const VerbManual& verb) {
  std::string text =
      fmt::format("## pghaul {}\n\n```\npghaul {} [OPTION...]{}{}\n```\n\n{}", verb.name, verb.name,
                  verb.arguments.empty() ? "" : " ", verb.arguments, paragraph(verb.text));
  for (const VerbManual::Group& group : verb.groups) {
    text += fmt::format("\n{}:\n\n", group.title);
    for (const VerbManual::Option& option : group.options) {
      text += list_item(fmt::format("{}: {}", left_side(option), escaped(option.text)));
    }
  }
  text += "\n```sh\n";
  for (const std::string& example : verb.examples) text += example + "\n";
  return text + "```\n\n";
}

}  // namespace

std::string reference(const std::vector<VerbManual>& verbs) {
  std::string text =
      "# Reference\n\n"
      "<!-- Written by tools/update-docs from what `pghaul --help` says: change it there. -->\n\n";
  for (const VerbManual& verb : verbs) {
    text += list_item(fmt::format("[{0}](#pghaul-{0}): {1}", verb.name, escaped(verb.about)));
  }
  text += "\n" +
          paragraph(
              "*SOURCE* and *TARGET* are anything libpq takes: a URI, a keyword string such as "
              "`host=db1 dbname=shop`, `service=NAME`, or the name of a database. Exit statuses: "
              "[errors.md](errors.md).") +
          "\n";
  for (const VerbManual& verb : verbs) text += section(verb);
  text += "## Environment\n\n";
  for (const Variable& variable : kEnvironment) {
    text += list_item(fmt::format("`{}`: {}", variable.name, escaped(variable.text)));
  }
  return text;
}

}  // namespace pghaul::documents
