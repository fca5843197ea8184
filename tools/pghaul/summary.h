#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "style.h"

namespace pghaul::command {

struct SummaryLayout {
  Style style;
  std::size_t columns = 80;
  bool every_table = false;
};

/// Renders the result of a finished copy or verify, for a person, from its report (docs/report.md).
[[nodiscard]] std::string summary_of(const nlohmann::json& report, const SummaryLayout& layout);

}  // namespace pghaul::command
