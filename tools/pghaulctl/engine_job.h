#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "changeover.h"
#include "pghaul/options.h"

namespace pghaul::platform {

/// The place where a verb of pghaul works, and what ends it early.
struct EngineRun {
  std::optional<uid_t> owner;  // whose process connects, for peer authentication
  std::string source;
  std::string target;
  std::string source_via;  // the commands of a link; empty: it is reached directly
  std::string target_via;
  command::Signals* signals = nullptr;  // the first stops it
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::function<bool(const nlohmann::json& event)>
      stops;  // true: it has come as far as it should; may be empty
};

/// The outcome of a verb.
struct EngineResult {
  int status = 0;
  std::string message;  // empty: it succeeded
  std::string hint;
  nlohmann::json report;
};

/// Describes a run from the live database of a changeover to the next. On the way back it is the other way
/// round: a live copy has the same source and target, whoever is live.
[[nodiscard]] EngineRun between(Changeover& changeover);

/// Describes a run from one database to another. Where one is on another host, its half of a link runs there,
/// and that of a cluster of this machine here: each as the owner of its cluster.
[[nodiscard]] EngineRun between(const Member& source, const Member& target);

/// Runs a verb of the library, with its progress on standard error.
[[nodiscard]] EngineResult run_engine(const EngineRun& run, command::Verb verb,
                                      const std::vector<command::Setting>& settings = {});

}  // namespace pghaul::platform
