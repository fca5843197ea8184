#pragma once

#include <memory>

#include "discovery/discovery.h"
#include "measure/progress.h"
#include "tasks/results.h"
#include "tasks/row_source.h"

namespace pghaul::tasks {

/// Returns where a run's rows come from: the source's held snapshot, or its archive. All that it is made of
/// must outlive it, but for the hold.
[[nodiscard]] std::unique_ptr<RowSource> make_row_source(const discovery::Discovery& found,
                                                         const WorkPlan& work, Results& results,
                                                         measure::Progress& progress);

}  // namespace pghaul::tasks
