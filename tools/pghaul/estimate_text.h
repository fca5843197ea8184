#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "summary.h"

namespace pghaul::command {

/// Renders the report of `pghaul estimate`: the answer, what it consists of, what decides it, what would
/// help.
[[nodiscard]] std::string estimate_text(const nlohmann::json& report, const SummaryLayout& layout);

}  // namespace pghaul::command
