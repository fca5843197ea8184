#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "style.h"

namespace pghaul::command {

/// Pieces of a report (docs/report.md) as text that summary and plan share.

/// Renders "shop on db1:5432 (PostgreSQL 15.20)".
[[nodiscard]] std::string end_text(const nlohmann::json& report, const char* end, const Style& style);
/// Renders "public.orders".
[[nodiscard]] std::string table_name(const nlohmann::json& table, const Style& style);
/// Returns the member of that name, or an empty array.
[[nodiscard]] const nlohmann::json& list_of(const nlohmann::json& report, const char* name);

/// Renders "carried over for 12 tables, gathered anew for 3"; empty when for none.
[[nodiscard]] std::string carried_statistics(const nlohmann::json& report);

/// Renders "11.0 s (5.5 s to 44.0 s)": a copy's forecast, corrected by earlier copies; empty: there is none.
[[nodiscard]] std::string forecast_text(const nlohmann::json& report);

/// Renders "left out", and under it each object with the reason; empty when nothing was.
[[nodiscard]] std::string left_out_text(const nlohmann::json& report, const Style& style);

}  // namespace pghaul::command
