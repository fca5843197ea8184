#include "help.h"

#include <fmt/format.h>

#include <algorithm>

#include "columns.h"

namespace pghaul::command {

namespace {

constexpr std::size_t kTextColumn = 30;
constexpr std::size_t kLastColumn = 79;

/// Wraps `text`, and indents each line but the first.
std::string wrapped(const std::string& text, std::size_t indent) {
  const std::string line_break = "\n" + std::string(indent, ' ');
  return fmt::format("{}", fmt::join(wrap(text, kLastColumn - indent), line_break));
}

/// Returns "-j, --jobs N".
std::string left_side(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  std::string names;
  for (const std::string& letter : option.get_snames()) names += (names.empty() ? "-" : ", -") + letter;
  if (names.empty()) names = "   ";
  for (const std::string& name : option.get_lnames()) names += (names == "   " ? " --" : ", --") + name;
  if (!option.get_type_name().empty()) names += " " + option.get_type_name();
  return names;
}

std::string described(const CLI::Option& option) {
  const std::string left = "  " + left_side(option);
  const std::string text = wrapped(option.get_description(), kTextColumn);
  if (left.size() + 2 > kTextColumn) return fmt::format("{}\n{:{}}{}\n", left, "", kTextColumn, text);
  return fmt::format("{:{}}{}\n", left, kTextColumn, text);
}

std::string described_group(const CLI::App& verb, const std::string& group) {
  std::string text;
  for (const CLI::Option* option : verb.get_options()) {
    if (option->get_group() == group) text += described(*option);
  }
  return fmt::format("\n{}:\n{}", group, text);
}

}  // namespace

std::string HelpFormat::make_help(const CLI::App* verb, std::string /*name*/,
                                  CLI::AppFormatMode /*mode*/) const {
  std::string text = fmt::format("usage: pghaul {} [OPTION...] {}\n\n{}\n", verb->get_name(), arguments_,
                                 wrapped(verb->get_description(), 0));
  std::vector<std::string> groups;
  for (const CLI::Option* option : verb->get_options()) {
    if (std::find(groups.begin(), groups.end(), option->get_group()) != groups.end()) continue;
    groups.push_back(option->get_group());
    text += described_group(*verb, groups.back());
  }
  return text + "\n" + verb->get_footer();
}

std::string general_help(const std::vector<VerbManual>& verbs) {
  std::string text = R"(usage: pghaul VERB [OPTION...] SOURCE TARGET

Copies a PostgreSQL database to another server, and proves that everything
arrived.

Verbs:
)";
  for (const VerbManual& verb : verbs) text += fmt::format("  {:<9} {}\n", verb.name, verb.about);
  return text + R"(
SOURCE and TARGET are anything libpq takes: a URI, a keyword string such as
"host=db1 dbname=shop", service=NAME, or the name of a database; either may be
archive:DIR, a database in a folder. PGHAUL_SOURCE and PGHAUL_TARGET stand in
for what the command line leaves out. Keep passwords in a password file
(~/.pgpass) or a service file rather than on the command line.

Examples:
  pghaul plan service=old service=new
  pghaul estimate --window 20m service=old service=new
  pghaul copy --report run.html service=old service=new

'pghaul VERB --help' lists the options of a verb, with examples.
'pghaul --version' tells the version.
)";
}

}  // namespace pghaul::command
