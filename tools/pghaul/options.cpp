#include "options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <string_view>

#include "filter_file.h"
#include "help.h"
#include "manual.h"
#include "usage_errors.h"
#include "verb_parser.h"
#include "verbs.h"

namespace pghaul::command {
namespace {

using Failed = tl::unexpected<UsageError>;

/// Says whether an archive is to be verified by itself.
bool is_archive_alone(const CLI::App& app, const Environment& environment, Verb verb) {
  if (verb != Verb::verify) return false;
  const CLI::Option* source = app.get_option("SOURCE");
  const std::string given = source->count() > 0 ? source->results().front() : environment.source;
  return given.starts_with("archive:");
}

bool keeps_nothing(const CLI::App& app) {
  const CLI::Option* discard = app.get_option_no_throw("--discard");
  return discard != nullptr && discard->count() > 0;
}

struct End {
  const char* argument;
  const char* setting;
  const char* variable;  // the environment's; nullptr: none
  const std::string& fallback;
  bool required;
};

/// Lists the ends that the verb takes, as they are given.
std::vector<End> ends_of(const CLI::App& app, const Environment& environment, const Options& options) {
  static const std::string kNothing;
  const End target{"TARGET", "target", "PGHAUL_TARGET", environment.target, true};
  if (options.verb == Verb::history) return {};
  if (options.verb == Verb::status) return {target};
  if (options.verb == Verb::abandon) {
    // A single argument is the target.
    if (app.get_option("TARGET")->count() > 0)
      return {{"SOURCE", "source", nullptr, kNothing, false}, target};
    if (app.get_option("SOURCE")->count() == 0) return {target};
    return {{"SOURCE", "target", "PGHAUL_TARGET", environment.target, true}};
  }
  const bool needs_target = options.verb != Verb::plan && options.verb != Verb::estimate &&
                            !keeps_nothing(app) && !is_archive_alone(app, environment, options.verb);
  return {{"SOURCE", "source", "PGHAUL_SOURCE", environment.source, true},
          {"TARGET", "target", "PGHAUL_TARGET", environment.target, needs_target}};
}

/// Makes settings of SOURCE and TARGET, from the command line or else from the environment.
std::optional<UsageError> settle_ends(CLI::App& app, const Environment& environment, Options& options) {
  const bool target_alone = options.verb == Verb::abandon || options.verb == Verb::status;
  for (const End& end : ends_of(app, environment, options)) {
    const CLI::Option* given = app.get_option(end.argument);
    if (given->count() > 0) {
      options.settings.push_back({end.setting, given->results().front()});
    } else if (!end.fallback.empty()) {
      options.settings.push_back({end.setting, end.fallback});
    } else if (end.required) {
      return UsageError{fmt::format("there is no {}", end.argument),
                        fmt::format("give it as an argument, 'pghaul {} {}', or in the environment as {}",
                                    app.get_name(), target_alone ? "TARGET" : "SOURCE TARGET", end.variable)};
    }
  }
  return std::nullopt;
}

/// Adds the patterns of files.
std::optional<UsageError> read_filters(Options& options) {
  for (const std::string& file : options.filter_files) {
    auto settings = read_filter(file);
    if (!settings) return settings.error();
    options.settings.insert(options.settings.end(), settings->begin(), settings->end());
  }
  return std::nullopt;
}

std::optional<UsageError> error_of_outputs(const Options& options) {
  if (options.json && (options.events_file == "-" || options.events_file == "fd:1")) {
    return UsageError{"--json and --events - would mix on standard output",
                      "write the events to a file, or the report with --report FILE"};
  }
  return std::nullopt;
}

tl::expected<CommandLine, UsageError> parse_verb(const VerbText& verb, const std::vector<std::string>& given,
                                                 const Environment& environment) {
  Options options;
  VerbParser parser(verb, options);
  CLI::App& app = parser.app();
  if (auto error = error_of_psql_options(given)) return Failed(*error);
  const auto arguments = in_full(given, app);
  if (!arguments) return Failed(arguments.error());
  if (auto error = error_of_empty_values(*arguments, app)) return Failed(*error);
  try {
    const std::vector<std::string> complete = parser.with_values(*arguments);
    app.parse(std::vector<std::string>(complete.rbegin(), complete.rend()));
  } catch (const CLI::CallForHelp&) {
    return HelpAsked{app.help()};
  } catch (const CLI::ParseError& error) {
    return Failed(error_of_parser(error, app));
  }
  if (auto error = error_of_extras(app)) return Failed(*error);
  if (auto error = settle_ends(app, environment, options)) return Failed(*error);
  if (auto error = error_of_outputs(options)) return Failed(*error);
  if (auto error = read_filters(options)) return Failed(*error);
  return options;
}

/// Finds a verb by its name, or by a beginning that no other has.
const VerbText* find_verb(const std::string& name) {
  const VerbText* found = nullptr;
  for (const VerbText& verb : verbs()) {
    if (verb.name == name) return &verb;
    if (name.empty() || !std::string_view(verb.name).starts_with(name)) continue;
    if (found != nullptr) return nullptr;
    found = &verb;
  }
  return found;
}

tl::expected<CommandLine, UsageError> help_on(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return HelpAsked{general_help(manual())};
  const VerbText* const verb = find_verb(arguments.front());
  if (verb == nullptr) return Failed(error_of_verb(arguments.front()));
  return parse_verb(*verb, {"--help"}, {});
}

}  // namespace

tl::expected<CommandLine, UsageError> parse_command_line(const std::vector<std::string>& arguments,
                                                         const Environment& environment) {
  if (arguments.empty()) return Failed({list_of_verbs() + "?", "'pghaul --help' lists what there is"});
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h") return HelpAsked{general_help(manual())};
  if (first == "--version" || first == "-V") return VersionAsked{};
  if (first == "help") return help_on({arguments.begin() + 1, arguments.end()});
  const VerbText* const verb = find_verb(first);
  if (verb == nullptr) return Failed(error_of_verb(first));
  return parse_verb(*verb, {arguments.begin() + 1, arguments.end()}, environment);
}

}  // namespace pghaul::command
