#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "summary.h"

/// How a live copy stands, for people: what events, reports and `pghaul status` say of it.
namespace pghaul::command {

/// Renders it in one line: "following, lag 0.2 s, 1,240 changes/s, slot holds 48 MB".
[[nodiscard]] std::string live_line(const nlohmann::json& live, const Style& style);

/// Renders the report of `pghaul status`.
[[nodiscard]] std::string status_text(const nlohmann::json& report, const SummaryLayout& layout);

}  // namespace pghaul::command
