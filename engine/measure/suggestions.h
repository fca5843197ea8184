#pragma once

#include <vector>

#include "measure/report.h"

namespace pghaul::measure {

/// What would make the same copy shorter next time, as far as what was measured tells.
[[nodiscard]] std::vector<Report::Suggestion> suggestions(const Report& report);

}  // namespace pghaul::measure
