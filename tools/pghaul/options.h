#pragma once

#include <string>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

namespace pghaul::command {

enum class Verb { copy, verify, sync, plan, estimate, status, switchover, finish, abandon, history };
enum class ProgressStyle { automatic, bar, plain, none };

/// One option of the engine, as pghaul_job_set() takes it.
struct Setting {
  std::string name;
  std::string value;

  bool operator==(const Setting&) const = default;
};

/// The options of one command line.
struct Options {
  Verb verb = Verb::copy;
  std::vector<Setting> settings;          // source and target among them
  std::vector<std::string> filter_files;  // patterns in pg_dump's format; "-": standard input
  std::string report_file;                // empty: none
  std::string metrics_file;               // empty: none
  std::string on_end;                     // a command for the shell; empty: none
  std::string events_file;                // empty: none; "-": standard output; "fd:N": open already
  ProgressStyle progress = ProgressStyle::automatic;
  bool verbose = false;
  bool json = false;    // the report instead of the table or summary
  bool watch = false;   // of status: again each second
  bool strict = false;  // a result that is partial has a status of its own
};

/// The variables that SOURCE and TARGET are taken from when the command line leaves them out; empty: not set.
struct Environment {
  std::string source;
  std::string target;
};

struct HelpAsked {
  std::string text;
};
struct VersionAsked {};

struct UsageError {
  std::string message;
  std::string hint;
};

using CommandLine = std::variant<Options, HelpAsked, VersionAsked>;

/// Reads a command line; `arguments` begin after the program's name.
[[nodiscard]] tl::expected<CommandLine, UsageError> parse_command_line(
    const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace pghaul::command
