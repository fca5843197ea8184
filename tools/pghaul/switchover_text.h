#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "summary.h"

namespace pghaul::command {

/// Renders the report of `pghaul switchover`.
[[nodiscard]] std::string switchover_text(const nlohmann::json& report, const SummaryLayout& layout);

}  // namespace pghaul::command
