#include "verb_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <sstream>
#include <string_view>
#include <utility>

#include "did_you_mean.h"
#include "help.h"

namespace pghaul::command {
namespace {

constexpr const char* kEnds = "Servers and databases";
constexpr const char* kSelection = "Object selection";
constexpr const char* kOutput = "Output";

CLI::Validator checked(std::function<std::string(std::string&)> problem) {
  return CLI::Validator(std::move(problem), "");
}

std::string problem_with_report(const std::string& file) {
  const std::size_t name = file.rfind('/') + 1;
  for (const std::string_view ending : {".json", ".html"}) {
    if (file.ends_with(ending) && file.size() - name > ending.size()) return {};
  }
  return fmt::format("reports end in .json (for programs) or .html (a page), '{}' doesn't", file);
}

/// Says whether the option takes "1,2,4", which asks estimate to compare them.
bool takes_several(const EngineOption& option, Verb verb) {
  return verb == Verb::estimate && option.name == "jobs";
}

std::string problem_with_several(const std::string& values, const EngineOption& option) {
  for (const std::string& value : CLI::detail::split(values, ',')) {
    if (std::string problem = problem_with(value, option); !problem.empty()) return problem;
  }
  return {};
}

ProgressStyle progress_style(const std::string& name) {
  if (name == "bar") return ProgressStyle::bar;
  if (name == "plain") return ProgressStyle::plain;
  return name == "none" ? ProgressStyle::none : ProgressStyle::automatic;
}

std::string indented(const std::string& lines) {
  std::string text;
  std::istringstream all(lines);
  for (std::string line; std::getline(all, line);) text += "  " + line + "\n";
  return text;
}

}  // namespace

VerbParser::VerbParser(const VerbText& verb, Options& options)
    : verb_(verb), options_(options), app_(verb.description, verb.name) {
  options_.verb = verb.verb;
  app_.formatter(std::make_shared<HelpFormat>(verb.arguments));
  app_.allow_extras();
  take_ends();
  for (const EngineOption& option : engine_options(verb.name)) take(option);
  if (app_.get_option_no_throw("--exclude-table-data") != nullptr) take_filters();
  if (verb.verb != Verb::history) take_outputs();
  if (verb.verb != Verb::copy) take_json();
  if (verb.verb == Verb::status) {
    app_.add_flag("--watch", options_.watch, "show it again each second, until interrupted")->group(kOutput);
  }
  if (verb.verb == Verb::copy || verb.verb == Verb::verify || verb.verb == Verb::sync) {
    app_.add_flag("--strict", options_.strict, "end with status 9 if anything was left out or not compared")
        ->group(kOutput);
  }
  app_.set_help_flag("-h,--help", "show this help")->group(kOutput);
  app_.footer("Examples:\n" + indented(verb.examples));
}

void VerbParser::take_ends() {
  const std::string_view arguments = verb_.arguments;
  if (arguments.starts_with("[SOURCE]")) {
    app_.add_option("SOURCE", "the source of a live copy, to remove what it keeps there")->group(kEnds);
  }
  if (arguments.starts_with("SOURCE")) {
    app_.add_option("SOURCE",
                    "the database to read, as libpq takes it, or archive:DIR (default: $PGHAUL_SOURCE)")
        ->group(kEnds);
  }
  if (verb_.target != nullptr) app_.add_option("TARGET", verb_.target)->group(kEnds);
}

void VerbParser::take(const EngineOption& option) {
  const std::string names = fmt::format("{}", fmt::join(option.spellings, ","));
  if (option.placeholder.empty()) {
    const auto switch_on = [this, name = option.name] { options_.settings.push_back({name, "true"}); };
    app_.add_flag_callback(names, switch_on, option.text)->group(option.group);
    return;
  }
  const bool several = takes_several(option, verb_.verb);
  const CLI::callback_t add = [this, name = option.name, several](const CLI::results_t& given) {
    const CLI::results_t values = several ? CLI::detail::split(given.back(), ',') : given;
    const std::string setting = several && values.size() > 1 ? "compare-jobs" : name;
    for (const std::string& value : values) options_.settings.push_back({setting, value});
    return true;
  };
  CLI::Option* taken =
      app_.add_option(names, add, option.text)
          ->type_name(option.placeholder)
          ->group(option.group)
          ->multi_option_policy(option.adds ? CLI::MultiOptionPolicy::TakeAll
                                            : CLI::MultiOptionPolicy::TakeLast)
          ->check(checked([option, several](const std::string& value) {
            return several ? problem_with_several(value, option) : problem_with(value, option);
          }));
  choices_[taken] = option.choices;
  if (option.bare.empty()) return;
  for (const std::string& spelling : option.spellings) bare_[spelling] = option.bare;
}

std::vector<std::string> VerbParser::with_values(std::vector<std::string> arguments) const {
  for (std::string& argument : arguments) {
    if (const auto found = bare_.find(argument); found != bare_.end()) argument += "=" + found->second;
  }
  return arguments;
}

void VerbParser::take_filters() {
  app_.add_option("--filter", options_.filter_files,
                  "more patterns, from a file in the format of pg_dump 17; - is standard input")
      ->type_name("FILE")
      ->group(kSelection)
      ->allow_extra_args(false);  // one file each time
  app_.add_flag_callback(
          "--strict-names", [] {},
          "an option of pg_dump that changes nothing: every pattern of -n, -t and -e "
          "has to match something")
      ->group(kSelection);
}

void VerbParser::take_outputs() {
  take_output("--report", "FILE",
              "write the report to FILE: JSON if it ends in .json, a page for people if it ends in .html",
              [this](const std::string& file) { options_.report_file = file; })
      ->check(checked(problem_with_report));
  take_output(
      "--events", "FILE",
      "write events as they happen, one JSON object a line; - is standard output, fd:N an open descriptor",
      [this](const std::string& file) { options_.events_file = file; });
  take_output("--metrics", "FILE",
              "write progress to FILE every few seconds in Prometheus' text format (docs/metrics.md)",
              [this](const std::string& file) { options_.metrics_file = file; });
  take_output("--on-end", "COMMAND",
              "have /bin/sh run COMMAND at the end; PGHAUL_END_STATUS and others tell it how it ended",
              [this](const std::string& command) { options_.on_end = command; });
  take_progress();
  app_.add_flag("-v,--verbose", options_.verbose,
                "show phases as they begin and end, and every table in the results")
      ->group(kOutput);
}

void VerbParser::take_progress() {
  const std::vector<std::string> choices{"auto", "bar", "plain", "none"};
  CLI::Option* progress =
      take_output("--progress", "STYLE",
                  "how to show progress on standard error: auto, bar, plain or none (default: auto, a bar on "
                  "a terminal and a line now and then elsewhere)",
                  [this](const std::string& style) { options_.progress = progress_style(style); })
          ->check(checked([choices](const std::string& value) { return not_one_of(value, choices); }));
  choices_[progress] = choices;
}

void VerbParser::take_json() {
  const char* text = verb_.verb == Verb::history
                         ? "print the list as JSON, with the forecasts"
                         : "print the report as JSON on standard output instead of text";
  app_.add_flag("--json", options_.json, text)->group(kOutput);
}

CLI::Option* VerbParser::take_output(const char* name, const char* placeholder, const char* text,
                                     std::function<void(const std::string&)> set) {
  return app_.add_option_function<std::string>(name, std::move(set), text)
      ->type_name(placeholder)
      ->group(kOutput)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

VerbManual VerbParser::manual() const {
  VerbManual manual{verb_.name, verb_.about, verb_.arguments, verb_.description, {}, {}};
  for (const CLI::Option* option : app_.get_options()) {
    const auto group = std::ranges::find(manual.groups, option->get_group(), &VerbManual::Group::title);
    VerbManual::Group& its_group =
        group != manual.groups.end() ? *group : manual.groups.emplace_back(option->get_group());
    its_group.options.push_back(described(*option));
  }
  std::istringstream examples(verb_.examples);
  for (std::string line; std::getline(examples, line);) manual.examples.push_back(line);
  return manual;
}

VerbManual::Option VerbParser::described(const CLI::Option& option) const {
  VerbManual::Option result{{}, option.get_type_name(), option.get_description(), {}};
  if (option.get_positional()) result.value = option.get_name(true);
  for (const std::string& letter : option.get_snames()) result.names.push_back("-" + letter);
  for (const std::string& name : option.get_lnames()) result.names.push_back("--" + name);
  if (const auto known = choices_.find(&option); known != choices_.end()) result.choices = known->second;
  return result;
}

std::vector<VerbManual> manual() {
  std::vector<VerbManual> all;
  for (const VerbText& verb : verbs()) {
    Options ignored;
    all.push_back(VerbParser(verb, ignored).manual());
  }
  return all;
}

}  // namespace pghaul::command
