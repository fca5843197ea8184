#pragma once

#include "base/error.h"
#include "journal/journal.h"
#include "measure/progress.h"

namespace pghaul::tasks {

class WorkPlan;
struct Results;

/// Checks the journal. Errors  refused when it has lines about tasks or objects that the plan doesn't have.
[[nodiscard]] Status check_fits(const WorkPlan& work, const journal::Journal::Done& done);
/// Posts what an earlier run has done: its tasks will not be done again.
void apply_journal(const WorkPlan& work, const journal::Journal::Done& done, Results& results,
                   measure::Progress& progress);

}  // namespace pghaul::tasks
