#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "summary.h"

namespace pghaul::command {

/// Tells whether a report is of all databases of a server.
[[nodiscard]] bool is_of_whole_server(const nlohmann::json& report);

/// Renders the result of a copy, verify or plan of all databases, one line for each.
[[nodiscard]] std::string whole_server_text(const nlohmann::json& report, const SummaryLayout& layout);

}  // namespace pghaul::command
