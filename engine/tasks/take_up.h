#pragma once

#include "base/error.h"
#include "journal/journal.h"
#include "tasks/run.h"

namespace pghaul::tasks {

/// Errors  refused when lines tell of tasks or objects that the plan doesn't have: somebody changed them.
[[nodiscard]] Status check_fits(const Run& run, const journal::Journal::Done& done);
/// Enters what an earlier run has done: its tasks will not be done again.
void take_up(Run& run, const journal::Journal::Done& done);

}  // namespace pghaul::tasks
