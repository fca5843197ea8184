#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "summary.h"

namespace pghaul::command {

/// The report of `pghaul plan` as text: tables, largest first; totals; what is left out; what stands in the
/// way.
[[nodiscard]] std::string plan_text(const nlohmann::json& report, const SummaryLayout& layout);

}  // namespace pghaul::command
