#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "engine_options.h"
#include "manual.h"
#include "options.h"
#include "verbs.h"

namespace pghaul::command {

/// The parser of one verb: writes what it reads into `options`, which has to outlive it.
class VerbParser {
 public:
  VerbParser(const VerbText& verb, Options& options);
  VerbParser(const VerbParser&) = delete;
  VerbParser& operator=(const VerbParser&) = delete;

  [[nodiscard]] CLI::App& app() { return app_; }
  /// Gives options that may be spelled without their value the one that this means.
  [[nodiscard]] std::vector<std::string> with_values(std::vector<std::string> arguments) const;
  /// Describes what it takes.
  [[nodiscard]] VerbManual manual() const;

 private:
  void take_ends();
  void take(const EngineOption& option);
  void take_filters();
  void take_outputs();
  void take_progress();
  void take_json();

  /// Adds an option that only the command knows; the last value given counts.
  CLI::Option* take_output(const char* name, const char* placeholder, const char* text,
                           std::function<void(const std::string&)> set);
  [[nodiscard]] VerbManual::Option described(const CLI::Option& option) const;

  const VerbText& verb_;
  Options& options_;
  std::map<const CLI::Option*, std::vector<std::string>> choices_;
  std::map<std::string, std::string> bare_;  // by spelling: the value where it is given none
  CLI::App app_;
};

}  // namespace pghaul::command
