#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>

#include "job.h"

namespace pghaul::command {

/// Runs the command of --on-end by /bin/sh, with how the run ended in its environment (docs/metrics.md), and
/// waits for it. Its standard output goes to standard error. The engine's room `process` is not within reach:
/// the command includes pghaul.h alone, which starts no programs for others.
///
/// Errors  it could not be started, or failed.
[[nodiscard]] tl::expected<void, Failure> run_on_end(const std::string& command, const nlohmann::json& report,
                                                     const std::string& report_file, int exit_status);

}  // namespace pghaul::command
