#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "changeover.h"
#include "pghaul/options.h"

namespace pghaul::platform {

/// What one verb of pghaul came to between the two databases of a changeover.
struct EngineResult {
  int status = 0;
  std::string message;  // empty: it succeeded
  std::string hint;
  nlohmann::json report;
};

/// Runs a verb of the library from the live database to the next, with its progress on standard error. A
/// signal stops it.
[[nodiscard]] EngineResult run_engine(Changeover& changeover, command::Verb verb,
                                      const std::vector<command::Setting>& settings = {});

}  // namespace pghaul::platform
