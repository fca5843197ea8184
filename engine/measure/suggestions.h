#pragma once

#include <vector>

#include "measure/report.h"

namespace pghaul::measure {

/// Suggests what would make the same copy shorter next time, as far as the measurements show.
[[nodiscard]] std::vector<Report::Suggestion> suggestions(const Report& report);

}  // namespace pghaul::measure
