#include "options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>

#include "help.h"
#include "manual.h"
#include "nearest.h"

namespace pghaul::command {

namespace {

using Failed = tl::unexpected<UsageError>;

Failed wrong(std::string message, std::string hint = {}) {
  return Failed(UsageError{std::move(message), std::move(hint)});
}

struct VerbName {
  Verb verb;
  const char* name;
  const char* about;
};
constexpr std::array kVerbs{
    VerbName{Verb::copy, "copy", "copy a database, verify the copy, report"},
    VerbName{Verb::verify, "verify", "compare two databases: row counts and contents"},
    VerbName{Verb::plan, "plan", "show what a copy would do and what stands in its way; touch nothing"},
    VerbName{Verb::estimate, "estimate", "foretell how long a copy takes, from a sample of it"},
    VerbName{Verb::abandon, "abandon", "give up a copy that ended half-way"},
    VerbName{Verb::history, "history", "list past copies"}};

const char* arguments_of(Verb verb) {
  if (verb == Verb::abandon) return "TARGET";
  if (verb == Verb::history) return "";
  return verb == Verb::plan || verb == Verb::estimate ? "SOURCE [TARGET]" : "SOURCE TARGET";
}

constexpr const char* kEnds = "Servers and databases";
constexpr const char* kWhat = "Which objects";
constexpr const char* kHow = "How";
constexpr const char* kTold = "What is told";

constexpr const char* kVerifyCopy =
    "none, counts or checksums: how the copy is compared with the source (default: checksums)";

/// The parser of one verb: writes what it reads into `options`.
class VerbParser {
 public:
  VerbParser(Verb verb, Options& options)
      : options_(options), arguments_(arguments_of(verb)), app_("", name_of(verb)) {
    options_.verb = verb;
    app_.formatter(std::make_shared<HelpFormat>(arguments_));
    app_.allow_extras();
    switch (verb) {
      case Verb::copy:
        describe_copy();
        break;
      case Verb::verify:
        describe_verify();
        break;
      case Verb::plan:
        describe_plan();
        break;
      case Verb::estimate:
        describe_estimate();
        break;
      case Verb::abandon:
        describe_abandon();
        break;
      case Verb::history:
        describe_history();
        break;
    }
  }

  [[nodiscard]] CLI::App& app() { return app_; }
  [[nodiscard]] VerbManual manual(const std::string& about) const;

  static std::string name_of(Verb verb) {
    for (const VerbName& known : kVerbs) {
      if (known.verb == verb) return known.name;
    }
    return {};
  }

 private:
  void describe_copy();
  void describe_verify();
  void describe_plan();
  void describe_estimate();
  void describe_abandon();
  void describe_history();

  void take_ends(const std::string& about_target);
  void take_links();
  void take_link_to_target();
  void take_selection();
  void take_left_behind();
  void take_jobs();
  void take_jobs_to_compare();
  void take_confirm();
  void take_persistence();
  void take_verify(const char* text, const std::vector<std::string>& choices);
  void take_snapshot();
  void take_analyze();
  void take_open_after();
  void take_trials();
  void take_compress();
  void take_toast_compression();
  void take_outputs();
  void take_json();
  void take_help();

  /// An option of the engine; each time it is given adds one setting.
  CLI::Option* setting_each(const char* name, const char* names, const char* value, const char* text);
  /// An option of the engine; the last time it is given counts.
  CLI::Option* setting(const char* name, const char* names, const char* value, const char* text);
  CLI::Option* setting_switch(const char* name, const char* names, const char* text);
  /// Its value has to be one of these.
  void offer(CLI::Option* option, const std::vector<std::string>& choices);
  [[nodiscard]] VerbManual::Option described(const CLI::Option& option) const;

  Options& options_;
  std::string arguments_;  // as the usage line shows them
  std::map<const CLI::Option*, std::vector<std::string>> choices_;
  CLI::App app_;
};

void VerbParser::describe_copy() {
  app_.description(
      "Copies a database to another server: schema, rows, large objects, indexes and constraints; then reads "
      "the "
      "target back and compares it with the source.");
  take_ends("the database to fill, or archive:DIR to write a folder (default: $PGHAUL_TARGET)");
  take_links();
  take_selection();
  take_left_behind();
  take_jobs();
  take_confirm();
  take_persistence();
  take_verify(kVerifyCopy, {"none", "counts", "checksums"});
  take_analyze();
  take_open_after();
  take_trials();
  take_snapshot();
  take_compress();
  take_toast_compression();
  take_outputs();
  take_help();
  app_.footer(R"(Examples:
  pghaul copy postgres://app@db1/shop postgres://app@db2/shop
  pghaul copy -j 8 --no-owner --no-acl service=old service=new
  pghaul copy --confirm shop --report run.html service=old service=new
  pghaul copy -T 'audit.*' -N scratch service=old service=new
  pghaul copy service=old archive:/backup/shop
  pghaul copy archive:/backup/shop service=new
  pghaul copy -n app -T 'app.audit*' archive:/backup/shop service=new
  pghaul copy --source-via 'ssh db1 pghaul' dbname=shop service=new
  pghaul copy --resume service=old service=new
  pghaul copy --rehearse service=old service=new
  pghaul copy --discard service=old
)");
}

void VerbParser::describe_verify() {
  app_.description(
      "Compares two databases, whoever made the copy: the rows of every table are counted and their contents "
      "compared; what only one side has is named. Changes nothing.");
  take_ends(
      "the database to compare it with (default: $PGHAUL_TARGET); an archive without one is checked by "
      "itself");
  take_links();
  take_selection();
  take_left_behind();
  take_jobs();
  take_verify("counts or checksums: what is compared (default: checksums)", {"counts", "checksums"});
  setting_switch(
      "indexes", "--indexes",
      "have the target's extension amcheck look for rows that btree indexes lack, and for entries out of "
      "order; it is created for that in a transaction that is rolled back, unless it is installed")
      ->group(kHow);
  take_snapshot();
  take_outputs();
  take_json();
  take_help();
  app_.footer(R"(Examples:
  pghaul verify service=old service=new
  pghaul verify -n public --json service=old service=new
  pghaul verify --indexes service=old service=new
  pghaul verify archive:/backup/shop service=new
  pghaul verify archive:/backup/shop
)");
}

void VerbParser::describe_plan() {
  app_.description(
      "Shows what a copy would do: which tables in what format and in how many parts, how long that takes, "
      "and what "
      "stands in its way. Changes nothing.");
  take_ends("the database it would be copied to, or archive:DIR (default: $PGHAUL_TARGET)");
  take_links();
  take_selection();
  take_left_behind();
  take_jobs();
  take_confirm();
  take_verify(kVerifyCopy, {"none", "counts", "checksums"});
  take_analyze();
  take_outputs();
  take_json();
  take_help();
  app_.footer(R"(Examples:
  pghaul plan postgres://app@db1/shop
  pghaul plan --json service=old service=new
)");
}

void VerbParser::describe_estimate() {
  app_.description(
      "Foretells how long writes would have to stand still. Reads a few megabytes of the source; with a "
      "target, copies them into a schema pghaul_scratch there, builds their indexes, and drops it. "
      "The target may hold data. Of an archive that would be written: how long that takes, how large it "
      "would be, and "
      "whether the disk has room.");
  take_ends(
      "the server it would be copied to, or archive:DIR (default: $PGHAUL_TARGET; without, from shipped "
      "figures)");
  take_links();
  take_selection();
  take_left_behind();
  take_jobs_to_compare();
  take_verify(kVerifyCopy, {"none", "counts", "checksums"});
  take_analyze();
  take_open_after();
  take_compress();
  setting("window", "--window", "TIME", "how long writes may stand still, such as 20m: does it fit?")
      ->group(kHow);
  setting("grow", "--grow", "PERCENT", "as if the database were so much larger, such as 30%")->group(kHow);
  setting("budget", "--budget", "TIME", "how long it may look and measure (default: 30s)")->group(kHow);
  take_outputs();
  take_json();
  take_help();
  app_.footer(R"(Examples:
  pghaul estimate service=old service=new
  pghaul estimate --window 20m --jobs 1,2,4,8 service=old service=new
  pghaul estimate --grow 30% postgres://app@db1/shop
  pghaul estimate archive:/backup/shop service=new
  pghaul estimate --compress 9 service=old archive:/backup/shop
)");
}

void VerbParser::describe_abandon() {
  app_.description(
      "Gives up a copy that ended half-way: removes its journal from the target, so that it can't be "
      "resumed, "
      "and says what is left there. Touches nothing else.");
  app_.add_option("TARGET", "the database that was to be filled (default: $PGHAUL_TARGET)")->group(kEnds);
  take_link_to_target();
  take_outputs();
  take_json();
  take_help();
  app_.footer(R"(Examples:
  pghaul abandon service=new
)");
}

void VerbParser::describe_history() {
  app_.description(
      "Lists the copies that this user has made on this machine, the latest first: when, what came of it, "
      "how long it "
      "took, the size of the source on disk, and seconds per GB of that. They are kept in "
      "$XDG_STATE_HOME/pghaul (by "
      "default ~/.local/state/pghaul), without connection strings, the last few hundred of them.");
  app_.add_flag("--json", options_.json, "the same as JSON, with the forecasts")->group(kTold);
  take_help();
  app_.footer(R"(Examples:
  pghaul history
  pghaul history --json | jq -r '.[] | select(.status != "verified") | .id'
)");
}

void VerbParser::take_ends(const std::string& about_target) {
  app_.add_option("SOURCE",
                  "the database to read, as libpq takes it, or archive:DIR (default: $PGHAUL_SOURCE)")
      ->group(kEnds);
  app_.add_option("TARGET", about_target)->group(kEnds);
}

void VerbParser::take_links() {
  setting("source-via", "--source-via", "COMMAND",
          "reach the source by pghaul on another machine, compressed, as by 'ssh db1 pghaul'")
      ->group(kEnds);
  take_link_to_target();
}

void VerbParser::take_link_to_target() {
  setting("target-via", "--target-via", "COMMAND", "the same for the target; its read-back stays over there")
      ->group(kEnds);
}

void VerbParser::take_selection() {
  setting_each("schema", "-n,--schema", "PATTERN", "only schemas that match; may be repeated")->group(kWhat);
  setting_each("exclude-schema", "-N,--exclude-schema", "PATTERN", "no schemas that match")->group(kWhat);
  setting_each("table", "-t,--table", "PATTERN", "only tables that match; may be repeated")->group(kWhat);
  setting_each("exclude-table", "-T,--exclude-table", "PATTERN", "no tables that match")->group(kWhat);
  setting_switch("large-objects", "-b,--large-objects,--blobs", "large objects, too, with -n or -t")
      ->group(kWhat);
  setting_switch("no-large-objects", "-B,--no-large-objects,--no-blobs", "leave large objects out")
      ->group(kWhat);
  setting_switch("skip-unreadable", "--skip-unreadable",
                 "leave out what can't be read or carried, instead of refusing, and name it in the report")
      ->group(kWhat);
}

void VerbParser::take_left_behind() {
  setting_switch("no-owner", "-O,--no-owner", "everything belongs to the role that connects to the target")
      ->group(kWhat);
  setting_switch("no-acl", "-x,--no-acl,--no-privileges", "leave out who was granted what")->group(kWhat);
}

std::string not_a_count(const std::string& value) {
  const bool digits =
      !value.empty() && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool zero = value.find_first_not_of('0') == std::string::npos;
  if (digits && !zero) return {};
  return fmt::format("takes a number from 1 on, not '{}'", value);
}

/// Empty when `value` is one of `choices`; else what to say about it.
std::string none_of(const std::string& value, const std::vector<std::string>& choices) {
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return {};
  const auto meant = nearest(value, choices);
  return fmt::format("takes {} or {}, not '{}'{}", fmt::join(choices.begin(), choices.end() - 1, ", "),
                     choices.back(), value, meant ? fmt::format("; did you mean {}?", *meant) : "");
}

void VerbParser::take_jobs() {
  setting("jobs", "-j,--jobs", "N",
          "workers (default: as many as this machine has cores, 2 to 8; more where they would wait, for "
          "disks or for a far server)")
      ->group(kHow)
      ->check(CLI::Validator(not_a_count, "", "count"));
}

/// "4": with four. "2,4,8": with each of them.
void VerbParser::take_jobs_to_compare() {
  const CLI::callback_t take = [this](const CLI::results_t& values) {
    const std::vector<std::string> numbers = CLI::detail::split(values.back(), ',');
    const char* const name = numbers.size() == 1 ? "jobs" : "compare-jobs";
    for (const std::string& number : numbers) options_.settings.push_back({name, number});
    return true;
  };
  app_.add_option("-j,--jobs", take, "workers, or several numbers of them to compare: 1,2,4")
      ->type_name("N")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->group(kHow)
      ->check(CLI::Validator(
          [](const std::string& value) {
            for (const std::string& number : CLI::detail::split(value, ',')) {
              if (std::string wrong = not_a_count(number); !wrong.empty()) return wrong;
            }
            return std::string();
          },
          "", "counts"));
}

void VerbParser::take_confirm() {
  setting(
      "confirm", "--confirm", "NAME",
      "the target database's name: yes, replace what it holds (default: ask on a terminal, refuse elsewhere)")
      ->group(kHow);
}

std::string not_seconds(const std::string& value) {
  const bool digits =
      !value.empty() && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? "" : fmt::format("takes a number of seconds, not '{}'", value);
}

void VerbParser::take_persistence() {
  setting_switch("resume", "--resume", "go on with the copy whose journal the target holds")->group(kHow);
  setting_switch("new-snapshot", "--new-snapshot",
                 "with --resume: copy everything anew if the source was written to since")
      ->group(kHow);
  setting("stall-after", "--stall-after", "SECONDS",
          "give a connection up and try again when nothing has moved for so long, at least 1 (default: 120)")
      ->group(kHow)
      ->check(CLI::Validator(not_seconds, "", "seconds"));
  setting("retry-for", "--retry-for", "SECONDS",
          "wait so long for a server that is down before stopping, and for a lock of others, unless "
          "--stall-after is longer (default: 300)")
      ->group(kHow)
      ->check(CLI::Validator(not_seconds, "", "seconds"));
}

void VerbParser::take_verify(const char* text, const std::vector<std::string>& choices) {
  offer(setting("verify", "--verify", "HOW", text)->group(kHow), choices);
}

void VerbParser::take_analyze() {
  setting_switch("analyze", "--analyze",
                 "gather planner statistics of all tables anew, rather than carry the source's over (to "
                 "PostgreSQL 18 or later)")
      ->group(kHow);
}

void VerbParser::take_open_after() {
  offer(
      setting("open-after", "--open-after", "WHEN",
              "let the application write once data, keys, indexes or constraints stand, and finish beside it "
              "(default: verified, the end)")
          ->group(kHow),
      {"verified", "constraints", "indexes", "keys", "data"});
}

void VerbParser::take_trials() {
  setting_switch("rehearse", "--rehearse",
                 "do all of it in a database made for that on the target's server, and drop it")
      ->group(kHow);
  setting_switch("discard", "--discard", "read the source, and keep nothing: needs no target")->group(kHow);
}

void VerbParser::take_snapshot() {
  setting("snapshot", "--snapshot", "ID",
          "read the source in a snapshot that somebody else exported and keeps")
      ->group(kHow);
}

void VerbParser::take_compress() {
  setting("compress", "--compress", "HOW",
          "of an archive or a link: auto, none, or a level of zstd from 1 to 19 (default: auto, found while "
          "running)")
      ->group(kHow);
}

void VerbParser::take_toast_compression() {
  offer(setting("toast-compression", "--toast-compression", "METHOD",
                "how the target compresses large values, where a column doesn't say: pglz or lz4, which is "
                "faster (default: as the target is set)")
            ->group(kHow),
        {"pglz", "lz4"});
}

std::string not_a_report(const std::string& file) {
  const std::size_t name = file.rfind('/') + 1;
  for (const std::string_view ending : {".json", ".html"}) {
    if (file.ends_with(ending) && file.size() - name > ending.size()) return {};
  }
  return fmt::format("reports end in .json (for programs) or .html (a page), '{}' doesn't", file);
}

void VerbParser::take_outputs() {
  app_.add_option_function<std::string>(
          "--report", [this](const std::string& file) { options_.report_file = file; },
          "write the report to FILE: for programs if it ends in .json, as a page for people if in .html")
      ->type_name("FILE")
      ->group(kTold)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->check(CLI::Validator(not_a_report, "", "report"));
  app_.add_option_function<std::string>(
          "--events", [this](const std::string& file) { options_.events_file = file; },
          "write what happens as it happens, one JSON object a line; - is standard output, fd:N an open "
          "descriptor")
      ->type_name("FILE")
      ->group(kTold)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  CLI::Option* progress = app_.add_option_function<std::string>(
                                  "--progress",
                                  [this](const std::string& style) {
                                    options_.progress = style == "bar"     ? ProgressStyle::bar
                                                        : style == "plain" ? ProgressStyle::plain
                                                        : style == "none"  ? ProgressStyle::none
                                                                           : ProgressStyle::automatic;
                                  },
                                  "auto, bar, plain or none: how standard error shows what is going on "
                                  "(default: auto, a bar on a "
                                  "terminal and a line now and then elsewhere)")
                              ->type_name("STYLE")
                              ->group(kTold)
                              ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  offer(progress, {"auto", "bar", "plain", "none"});
  app_.add_flag("-v,--verbose", options_.verbose, "phases as they begin and end; every table in the results")
      ->group(kTold);
}

void VerbParser::take_json() {
  app_.add_flag("--json", options_.json, "the report as JSON on standard output, instead of text")
      ->group(kTold);
}

void VerbParser::take_help() {
  app_.set_help_flag("-h,--help", "this text")->group(kTold);
}

CLI::Option* VerbParser::setting_each(const char* name, const char* names, const char* value,
                                      const char* text) {
  const CLI::callback_t add = [this, name](const CLI::results_t& values) {
    for (const std::string& given : values) options_.settings.push_back({name, given});
    return true;
  };
  return app_.add_option(names, add, text)
      ->type_name(value)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

CLI::Option* VerbParser::setting(const char* name, const char* names, const char* value, const char* text) {
  return setting_each(name, names, value, text)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

CLI::Option* VerbParser::setting_switch(const char* name, const char* names, const char* text) {
  return app_.add_flag_callback(
      names,
      [this, name] {
        options_.settings.push_back({name, "true"});
      },
      text);
}

void VerbParser::offer(CLI::Option* option, const std::vector<std::string>& choices) {
  choices_[option] = choices;
  option->check(
      CLI::Validator([choices](const std::string& value) { return none_of(value, choices); }, "", "choices"));
}

VerbManual VerbParser::manual(const std::string& about) const {
  VerbManual verb{app_.get_name(), about, arguments_, app_.get_description(), {}, {}};
  for (const CLI::Option* option : app_.get_options()) {
    const std::string& title = option->get_group();
    const auto same = [&](const VerbManual::Group& group) { return group.title == title; };
    auto group = std::find_if(verb.groups.begin(), verb.groups.end(), same);
    if (group == verb.groups.end()) group = verb.groups.insert(group, {title, {}});
    group->options.push_back(described(*option));
  }
  std::istringstream footer(app_.get_footer());
  for (std::string line; std::getline(footer, line);) {
    if (line.starts_with("  ")) verb.examples.push_back(line.substr(2));
  }
  return verb;
}

VerbManual::Option VerbParser::described(const CLI::Option& option) const {
  VerbManual::Option result{{}, option.get_type_name(), option.get_description(), {}};
  if (option.get_positional()) result.value = option.get_name(true);
  for (const std::string& letter : option.get_snames()) result.names.push_back("-" + letter);
  for (const std::string& name : option.get_lnames()) result.names.push_back("--" + name);
  if (const auto known = choices_.find(&option); known != choices_.end()) result.choices = known->second;
  return result;
}

std::vector<std::string> long_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

bool knows(const CLI::App& app, const std::string& option) {
  return app.get_option_no_throw(option) != nullptr;
}

/// "--jobs=4" is "--jobs"; "-j4" is "-j".
std::string name_part(const std::string& argument) {
  if (argument.starts_with("--")) return argument.substr(0, argument.find('='));
  return argument.substr(0, 2);
}

std::string hint_for_unknown(const std::string& option, const CLI::App& app) {
  const std::string all = fmt::format("'pghaul {} --help' lists what there is", app.get_name());
  for (const VerbName& other : kVerbs) {
    Options ignored;
    if (knows(VerbParser(other.verb, ignored).app(), option)) {
      return fmt::format("'pghaul {}' has it; {}", other.name, all);
    }
  }
  const auto meant = nearest(option, long_options(app));
  return meant ? fmt::format("did you mean {}? {}", *meant, all) : all;
}

std::optional<UsageError> complaint_about_extras(const CLI::App& app) {
  std::vector<std::string> extras = app.remaining();
  std::erase(extras, "--");
  if (extras.empty()) return std::nullopt;
  const auto is_option = [](const std::string& argument) { return argument.starts_with('-'); };
  if (const auto found = std::find_if(extras.begin(), extras.end(), is_option); found != extras.end()) {
    const std::string option = name_part(*found);
    return UsageError{fmt::format("{} has no option {}", app.get_name(), option),
                      hint_for_unknown(option, app)};
  }
  return UsageError{fmt::format("one argument too many: '{}'", extras.front()),
                    "a connection string with spaces needs quotes around it"};
}

/// "--confirm=" would take the next argument for its value.
std::optional<UsageError> complaint_about_empty_values(const std::vector<std::string>& arguments,
                                                       const CLI::App& app) {
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (!argument.starts_with("--") || !argument.ends_with('=')) continue;
    const std::string option = argument.substr(0, argument.size() - 1);
    if (knows(app, option)) return UsageError{fmt::format("{} has nothing after its '='", option), {}};
  }
  return std::nullopt;
}

/// What CLI11 found wrong, in our words where its own are hard to read.
UsageError reworded(const CLI::ParseError& error, const CLI::App& app) {
  const std::string hint = fmt::format("see 'pghaul {} --help'", app.get_name());
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

/// An archive can be verified by itself.
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

/// SOURCE and TARGET become settings, from the command line or else from the environment.
std::optional<UsageError> settle_ends(CLI::App& app, const Environment& environment, Options& options) {
  struct End {
    const char* argument;
    const char* setting;
    const char* variable;
    const std::string& fallback;
    bool required;
  };
  if (options.verb == Verb::history) return std::nullopt;
  const bool needs_target = options.verb != Verb::plan && options.verb != Verb::estimate &&
                            !keeps_nothing(app) && !is_archive_alone(app, environment, options.verb);
  const std::vector<End> ends =
      options.verb == Verb::abandon
          ? std::vector<End>{{"TARGET", "target", "PGHAUL_TARGET", environment.target, true}}
          : std::vector<End>{{"SOURCE", "source", "PGHAUL_SOURCE", environment.source, true},
                             {"TARGET", "target", "PGHAUL_TARGET", environment.target, needs_target}};
  for (const End& end : ends) {
    const CLI::Option* given = app.get_option(end.argument);
    if (given->count() > 0) {
      options.settings.push_back({end.setting, given->results().front()});
    } else if (!end.fallback.empty()) {
      options.settings.push_back({end.setting, end.fallback});
    } else if (end.required) {
      return UsageError{
          fmt::format("there is no {}", end.argument),
          fmt::format("give it as an argument, 'pghaul {} {}', or in the environment as {}", app.get_name(),
                      options.verb == Verb::abandon ? "TARGET" : "SOURCE TARGET", end.variable)};
    }
  }
  return std::nullopt;
}

std::optional<UsageError> complaint_about_outputs(const Options& options) {
  if (options.json && (options.events_file == "-" || options.events_file == "fd:1")) {
    return UsageError{"--json and --events - would mix on standard output",
                      "write the events to a file, or the report with --report FILE"};
  }
  return std::nullopt;
}

tl::expected<CommandLine, UsageError> parse_verb(Verb verb, const std::vector<std::string>& arguments,
                                                 const Environment& environment) {
  Options options;
  VerbParser parser(verb, options);
  CLI::App& app = parser.app();
  if (auto complaint = complaint_about_empty_values(arguments, app)) return Failed(*complaint);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    return HelpAsked{app.help()};
  } catch (const CLI::ParseError& error) {
    return Failed(reworded(error, app));
  }
  if (auto complaint = complaint_about_extras(app)) return Failed(*complaint);
  if (auto complaint = settle_ends(app, environment, options)) return Failed(*complaint);
  if (auto complaint = complaint_about_outputs(options)) return Failed(*complaint);
  return options;
}

}  // namespace

std::vector<VerbManual> manual() {
  std::vector<VerbManual> verbs;
  for (const VerbName& known : kVerbs) {
    Options ignored;
    verbs.push_back(VerbParser(known.verb, ignored).manual(known.about));
  }
  return verbs;
}

tl::expected<CommandLine, UsageError> parse_command_line(const std::vector<std::string>& arguments,
                                                         const Environment& environment) {
  const std::string seek_help = "'pghaul --help' lists what there is";
  if (arguments.empty()) return wrong("copy, verify, plan, estimate, abandon or history?", seek_help);
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h") return HelpAsked{general_help(manual())};
  if (first == "--version" || first == "-V") return VersionAsked{};
  for (const VerbName& verb : kVerbs) {
    if (first != verb.name) continue;
    return parse_verb(verb.verb, {arguments.begin() + 1, arguments.end()}, environment);
  }
  const bool option = first.starts_with('-');
  std::vector<std::string> choices{"--help", "--version"};
  for (const VerbName& verb : kVerbs) choices.emplace_back(verb.name);
  const auto meant = nearest(first, choices);
  return wrong(
      option ? fmt::format("the verb comes first: copy, verify, plan, estimate, abandon or history, not {}",
                           name_part(first))
             : fmt::format("there is no verb '{}'", first),
      meant ? fmt::format("did you mean {}? {}", *meant, seek_help) : seek_help);
}

}  // namespace pghaul::command
