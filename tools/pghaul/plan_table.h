#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "summary.h"

namespace pghaul::command {

/// Renders the report of `pghaul plan`: tables, largest first; totals; what is left out; findings.
[[nodiscard]] std::string plan_text(const nlohmann::json& report, const SummaryLayout& layout);

}  // namespace pghaul::command
