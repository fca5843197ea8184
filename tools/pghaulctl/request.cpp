#include "request.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "manual.h"
#include "pghaul/columns.h"
#include "pghaul/did_you_mean.h"

namespace pghaul::platform {
namespace {

using command::VerbManual;

constexpr std::size_t kTextColumn = 30;
constexpr std::size_t kLastColumn = 79;

tl::unexpected<Failure> wrong(std::string message, std::string hint) {
  return failed(PGHAUL_EXIT_USAGE, std::move(message), std::move(hint));
}

std::string wrapped(const std::string& text, std::size_t indent) {
  return fmt::format("{}",
                     fmt::join(command::wrap(text, kLastColumn - indent), "\n" + std::string(indent, ' ')));
}

std::string help_of(const VerbManual::Option& option) {
  std::string left = fmt::format("  {}", fmt::join(option.names, ", "));
  if (!option.value.empty()) left += (option.names.empty() ? "" : " ") + option.value;
  const std::string text = wrapped(option.text, kTextColumn);
  if (left.size() + 2 > kTextColumn) return fmt::format("{}\n{:{}}{}\n", left, "", kTextColumn, text);
  return fmt::format("{:{}}{}\n", left, kTextColumn, text);
}

std::string help_of(const VerbManual& verb) {
  std::string text = fmt::format("usage: pghaulctl {} [OPTION...] {}\n\n{}\n", verb.name, verb.arguments,
                                 wrapped(verb.text, 0));
  for (const VerbManual::Group& group : verb.groups) {
    text += fmt::format("\n{}:\n", group.title);
    for (const VerbManual::Option& option : group.options) text += help_of(option);
  }
  text += "\nExamples:\n";
  for (const std::string& example : verb.examples) text += "  " + example + "\n";
  return text;
}

std::string general_help() {
  std::string text =
      "usage: pghaulctl VERB [OPTION...] ARGUMENT...\n\nMoves applications between PostgreSQL servers: what "
      "a hosted "
      "platform does\naround a copy, on servers of your own.\n\nVerbs:\n";
  for (const VerbManual& verb : manual()) text += fmt::format("  {:<12} {}\n", verb.name, verb.about);
  return text +
         "\n'pghaulctl VERB --help' lists the options of a verb, with examples.\n'pghaulctl --version' tells "
         "the version.\n";
}

bool is_optional(const VerbManual::Option& argument) {
  return argument.value.starts_with('[');
}

std::string bare(const VerbManual::Option& argument) {
  return is_optional(argument) ? argument.value.substr(1, argument.value.size() - 2) : argument.value;
}

std::vector<const VerbManual::Option*> arguments_of(const VerbManual& verb) {
  std::vector<const VerbManual::Option*> arguments;
  for (const VerbManual::Group& group : verb.groups) {
    for (const VerbManual::Option& option : group.options) {
      if (option.names.empty()) arguments.push_back(&option);
    }
  }
  return arguments;
}

bool fits(const VerbManual::Option& argument, const std::string& value) {
  return argument.choices.empty() || std::ranges::find(argument.choices, value) != argument.choices.end();
}

/// Gives the arguments their names, from left to right; an optional one that the next value does not fit is
/// left out.
Outcome name_arguments(const VerbManual& verb, std::vector<std::string> given, Request& request) {
  const auto arguments = arguments_of(verb);
  auto needed = static_cast<std::size_t>(
      std::ranges::count_if(arguments, [](const auto* one) { return !is_optional(*one); }));
  for (const VerbManual::Option* argument : arguments) {
    if (is_optional(*argument) && (given.size() <= needed || !fits(*argument, given.front()))) continue;
    const std::string hint = fmt::format("usage: pghaulctl {} {}", verb.name, verb.arguments);
    if (given.empty()) return wrong(fmt::format("there is no {}", bare(*argument)), hint);
    if (!fits(*argument, given.front()))
      return wrong(
          fmt::format("{} {}", bare(*argument), command::not_one_of(given.front(), argument->choices)), hint);
    request.values[bare(*argument)] = given.front();
    given.erase(given.begin());
    if (!is_optional(*argument)) --needed;
  }
  if (!given.empty()) {
    return wrong(fmt::format("one argument too many: '{}'", given.front()),
                 fmt::format("usage: pghaulctl {} {}", verb.name, verb.arguments));
  }
  return {};
}

void take(CLI::App& app, const VerbManual::Option& option, Request& request) {
  const std::string names = fmt::format("{}", fmt::join(option.names, ","));
  const std::string name = option.names.back();
  if (option.value.empty()) {
    app.add_flag_callback(names, [&request, name] { request.values[name] = "true"; });
    return;
  }
  app.add_option_function<std::string>(
         names, [&request, name](const std::string& value) { request.values[name] = value; })
      ->check(CLI::Validator(
          [choices = option.choices](std::string& value) {
            return choices.empty() ? "" : command::not_one_of(value, choices);
          },
          ""));
}

Result<std::variant<Request, Text>> parse_verb(const VerbManual& verb,
                                               const std::vector<std::string>& arguments) {
  Request request{.verb = verb.name, .values = {}};
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  for (const VerbManual::Group& group : verb.groups) {
    for (const VerbManual::Option& option : group.options) {
      if (!option.names.empty()) take(app, option, request);
    }
  }
  const std::string hint = fmt::format("see 'pghaulctl {} --help'", verb.name);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return wrong(error.what(), hint);
  }
  if (request.has("--help")) return Text{help_of(verb)};
  std::vector<std::string> given = app.remaining();
  const auto unknown =
      std::ranges::find_if(given, [](const std::string& one) { return one.starts_with('-'); });
  if (unknown != given.end()) return wrong(fmt::format("{} has no option {}", verb.name, *unknown), hint);
  if (auto named = name_arguments(verb, given, request); !named) return tl::make_unexpected(named.error());
  return request;
}

}  // namespace

Result<std::chrono::milliseconds> seconds_of(const Request& request, const std::string& option,
                                             std::chrono::milliseconds otherwise) {
  if (!request.has(option)) return otherwise;
  std::string text = request.value(option);
  if (text.ends_with('s')) text.pop_back();
  const bool digits =
      !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string::npos;
  if (!digits)
    return wrong(fmt::format("{} takes seconds, such as 10, not '{}'", option, request.value(option)), {});
  return std::chrono::seconds(std::stoi(text));
}

Result<std::int64_t> bytes_of(const Request& request, const std::string& option) {
  if (!request.has(option)) return 0;
  const std::string text = request.value(option);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string unit = text.substr(digits);
  const std::int64_t bytes = unit == "MB"   ? 1'000'000
                             : unit == "GB" ? 1'000'000'000
                             : unit == "TB" ? 1'000'000'000'000
                                            : 0;
  const std::int64_t number = digits > 0 && digits <= 6 ? std::stoll(text.substr(0, digits)) : 0;
  if (number * bytes > 0) return number * bytes;
  return wrong(fmt::format("{} takes a size such as 500MB, 20GB or 1TB, not '{}'", option, text), {});
}

Result<std::variant<Request, Text>> parse(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return wrong("there is no verb", "'pghaulctl --help' lists what there is");
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h") return Text{general_help()};
  if (first == "--version" || first == "-V") return Text{fmt::format("pghaulctl {}\n", pghaul_version())};
  const auto verb = std::ranges::find(manual(), first, &VerbManual::name);
  if (verb != manual().end()) return parse_verb(*verb, {arguments.begin() + 1, arguments.end()});
  std::vector<std::string> names;
  for (const VerbManual& one : manual()) names.push_back(one.name);
  const auto meant = command::did_you_mean(first, names);
  return wrong(fmt::format("there is no verb '{}'", first),
               meant ? fmt::format("did you mean {}?", *meant) : "'pghaulctl --help' lists what there is");
}

}  // namespace pghaul::platform
