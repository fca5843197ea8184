#pragma once

#include <vector>

#include "measure/report.h"
#include "tasks/run.h"

namespace pghaul::tasks {

/// After an opening: what the target lacks still, with the statements that would make it beside an
/// application that writes. Empty statements: only another run can do it.
[[nodiscard]] std::vector<measure::Report::Missing> missing(const Run& run);

}  // namespace pghaul::tasks
