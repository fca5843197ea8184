#pragma once

#include "journal/done_entry.h"
#include "measure/progress.h"
#include "tasks/results.h"

namespace pghaul::tasks {

/// Posts what a task has come to, once that lasts, to the results and to the counts of the progress.
///
/// Threads    any; each task once.
void post_to_ledger(const WorkPlan& work, const plan::Task& task, const journal::DoneEntries& lines,
                    Results& results, measure::Progress& progress);

}  // namespace pghaul::tasks
