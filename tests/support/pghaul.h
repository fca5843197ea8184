#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/process.h"

namespace pghaul::support {

/// The result of running the command, with its report.
struct Haul {
  int exit_status = 0;
  std::string out;
  std::string err;
  nlohmann::json report;  // null when the command did not get as far as one
};

/// Runs the built command with a report file of its own, and no terminal.
[[nodiscard]] Haul haul(std::vector<std::string> arguments, const Environment& environment = {});

}  // namespace pghaul::support
