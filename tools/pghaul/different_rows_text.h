#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "style.h"

namespace pghaul::command {

/// Renders the rows in which tables differ, as far as the report names them; empty: it names none.
[[nodiscard]] std::string different_rows_text(const nlohmann::json& verification, const Style& style);

}  // namespace pghaul::command
