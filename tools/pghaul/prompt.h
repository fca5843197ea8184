#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "style.h"

namespace pghaul::command {

/// Tells whether the target's contents are the only finding that refuses, so that a confirmation is all it
/// takes.
[[nodiscard]] bool only_confirmation_is_missing(const nlohmann::json& report);

/// Renders the warning before a copy that replaces what its target holds.
[[nodiscard]] std::string destruction_warning(const nlohmann::json& report, std::size_t columns,
                                              const Style& style);

/// Shows the warning, has the target database's name typed, and returns what was typed.
[[nodiscard]] std::string ask_for_confirmation(const nlohmann::json& report, const Style& style);

/// Returns the end, "source" or "target", whose server wants a password that libpq has not found; nothing:
/// another reason made the verb fail.
[[nodiscard]] std::optional<std::string> end_without_password(const std::string& error);

/// Asks for it on the terminal, without showing what is typed. Empty: there was none, or Ctrl-C.
[[nodiscard]] std::string ask_for_password(const std::string& end);

}  // namespace pghaul::command
