#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "style.h"

namespace pghaul::command {

/// Tells whether the target's contents are the only obstacle, so that a confirmation is all it takes.
[[nodiscard]] bool only_confirmation_is_missing(const nlohmann::json& report);

/// Renders the warning before a copy that replaces what its target holds.
[[nodiscard]] std::string destruction_warning(const nlohmann::json& report, std::size_t columns,
                                              const Style& style);

/// Shows the warning, has the target database's name typed, and returns what was typed.
[[nodiscard]] std::string ask_for_confirmation(const nlohmann::json& report, const Style& style);

}  // namespace pghaul::command
