#include "usage_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

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

UsageError explained(const std::string& option) {
  return {
      fmt::format("{} does not say which server it is for: there are two", option),
      "give each in one argument: 'host=db1 port=5432 user=app dbname=shop', postgres://app@db1:5432/shop, "
      "or service=NAME; for help: --help"};
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

std::optional<UsageError> error_of_psql_options(const std::vector<std::string>& arguments) {
  constexpr std::array<std::string_view, 8> kLong = {"--host",   "--port",     "--username",    "--user",
                                                     "--dbname", "--password", "--no-password", "--db"};
  constexpr std::string_view kLetters = "pUdWw";
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string& argument = arguments[i];
    const bool is_long = argument.starts_with("--");
    if (is_long && std::ranges::find(kLong, name_part(argument)) != kLong.end()) {
      return explained(name_part(argument));
    }
    if (is_long || argument.size() < 2 || argument[0] != '-') continue;
    if (kLetters.find(argument[1]) != std::string_view::npos) return explained(name_part(argument));
    const bool has_value = i + 1 < arguments.size() && !arguments[i + 1].starts_with('-');
    if (argument[1] == 'h' && (argument.size() > 2 || has_value)) return explained("-h");
  }
  return std::nullopt;
}

tl::expected<std::vector<std::string>, UsageError> in_full(std::vector<std::string> arguments,
                                                           const CLI::App& verb) {
  const std::vector<std::string> known = long_options(verb);
  for (std::string& argument : arguments) {
    if (argument == "--") break;
    if (!argument.starts_with("--")) continue;
    const std::string name = name_part(argument);
    if (std::ranges::find(known, name) != known.end()) continue;
    std::vector<std::string> meant;
    std::ranges::copy_if(known, std::back_inserter(meant),
                         [&](const std::string& option) { return option.starts_with(name); });
    if (meant.size() == 1) argument.replace(0, name.size(), meant.front());
    if (meant.size() < 2) continue;
    return tl::make_unexpected(UsageError{fmt::format("{} may be {}", name, fmt::join(meant, " or ")),
                                          fmt::format("see 'pghaul {} --help'", verb.get_name())});
  }
  return arguments;
}

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
