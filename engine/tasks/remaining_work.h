#pragma once

#include <vector>

#include "measure/report.h"
#include "schema/entry.h"

namespace pghaul::tasks {

class WorkPlan;

/// Returns what the target lacks still after an opening, with the statements that would make it beside an
/// application that writes. Empty statements: only another run can do it.
/// `done`: not 0 for tasks that are, by their ids. `at_the_end`: entries that come after all tasks.
[[nodiscard]] std::vector<measure::Report::Missing> remaining_work(
    const WorkPlan& work, const std::vector<char>& done, const std::vector<schema::Entry>& at_the_end);

}  // namespace pghaul::tasks
