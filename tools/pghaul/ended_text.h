#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "style.h"

namespace pghaul::command {

/// Renders what `abandon` gave up, and what is left of it.
[[nodiscard]] std::string abandoned(const nlohmann::json& report, const Style& style);
/// Renders what `finish` ended.
[[nodiscard]] std::string finished(const nlohmann::json& report, const Style& style);
/// Renders what a standby that was prepared has to be told.
[[nodiscard]] std::string prepared(const nlohmann::json& report, const Style& style);

}  // namespace pghaul::command
