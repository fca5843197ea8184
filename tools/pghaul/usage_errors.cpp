#include "usage_errors.h"

#include <fmt/format.h>

#include <algorithm>

#include "did_you_mean.h"
#include "verb_parser.h"
#include "verbs.h"

namespace pghaul::command {
namespace {

std::vector<std::string> long_options(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

bool knows(const CLI::App& verb, const std::string& option) {
  return verb.get_option_no_throw(option) != nullptr;
}

/// Cuts a value off: "--jobs=4" is "--jobs", "-j4" is "-j".
std::string name_part(const std::string& argument) {
  if (argument.starts_with("--")) return argument.substr(0, argument.find('='));
  return argument.substr(0, 2);
}

std::string hint_for_unknown(const std::string& option, const CLI::App& verb) {
  const std::string all = fmt::format("'pghaul {} --help' lists what there is", verb.get_name());
  for (const VerbText& other : verbs()) {
    Options ignored;
    if (knows(VerbParser(other, ignored).app(), option)) {
      return fmt::format("'pghaul {}' has it; {}", other.name, all);
    }
  }
  const auto meant = did_you_mean(option, long_options(verb));
  return meant ? fmt::format("did you mean {}? {}", *meant, all) : all;
}

}  // namespace

std::optional<UsageError> error_of_extras(const CLI::App& verb) {
  std::vector<std::string> extras = verb.remaining();
  std::erase(extras, "--");
  if (extras.empty()) return std::nullopt;
  const auto is_option = [](const std::string& argument) { return argument.starts_with('-'); };
  if (const auto found = std::find_if(extras.begin(), extras.end(), is_option); found != extras.end()) {
    const std::string option = name_part(*found);
    return UsageError{fmt::format("{} has no option {}", verb.get_name(), option),
                      hint_for_unknown(option, verb)};
  }
  return UsageError{fmt::format("one argument too many: '{}'", extras.front()),
                    "a connection string with spaces needs quotes around it"};
}

std::optional<UsageError> error_of_empty_values(const std::vector<std::string>& arguments,
                                                const CLI::App& verb) {
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (!argument.starts_with("--") || !argument.ends_with('=')) continue;
    const std::string option = argument.substr(0, argument.size() - 1);
    if (knows(verb, option)) return UsageError{fmt::format("{} has nothing after its '='", option), {}};
  }
  return std::nullopt;
}

UsageError error_of_parser(const CLI::ParseError& error, const CLI::App& verb) {
  const std::string hint = fmt::format("see 'pghaul {} --help'", verb.get_name());
  const std::string text = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    return {text.substr(0, text.find(':')) + " needs a value", hint};
  }
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) {
    const std::size_t colon = text.find(": ");
    return {text.substr(0, colon) + " " + text.substr(colon + 2), hint};
  }
  return {text, hint};
}

UsageError error_of_verb(const std::string& first) {
  const std::string seek_help = "'pghaul --help' lists what there is";
  std::vector<std::string> choices{"--help", "--version"};
  for (const VerbText& verb : verbs()) choices.emplace_back(verb.name);
  const auto meant = did_you_mean(first, choices);
  return {first.starts_with('-')
              ? fmt::format("the verb comes first: {}, not {}", list_of_verbs(), name_part(first))
              : fmt::format("there is no verb '{}'", first),
          meant ? fmt::format("did you mean {}? {}", *meant, seek_help) : seek_help};
}

}  // namespace pghaul::command
