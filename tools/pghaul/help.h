#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "manual.h"

namespace pghaul::command {

/// Formats the help of one verb: usage, arguments, options by group, then the examples of its footer.
class HelpFormat : public CLI::FormatterBase {
 public:
  /// `arguments` as the usage line shows them.
  explicit HelpFormat(std::string arguments) : arguments_(std::move(arguments)) {}

  std::string make_help(const CLI::App* verb, std::string name, CLI::AppFormatMode mode) const override;

 private:
  std::string arguments_;
};

/// Renders the help of the command as a whole.
[[nodiscard]] std::string general_help(const std::vector<VerbManual>& verbs);

}  // namespace pghaul::command
