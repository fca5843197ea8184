#pragma once

#include <vector>

#include "base/error.h"
#include "journal/journal.h"
#include "verify/ledger.h"

/// Handling of unlogged tables, which a crash of the target empties. Their indexes and keys stay, empty as
/// well.
namespace pghaul::tasks {

class WorkPlan;

/// Returns how long it holds what the task has done: rows of unlogged tables are there until a crash.
[[nodiscard]] journal::Journal::Lasts lasts(const WorkPlan& work, const plan::Task& task);

/// Returns the tables that a crash has emptied since they were copied, as far as they can't be copied again:
/// triggers, foreign keys or policies stand already, or an application has been let in.
[[nodiscard]] std::vector<catalog::Place> lost_for_good(const WorkPlan& work,
                                                        const journal::Journal::Done& done,
                                                        journal::Journal::Stage stage);

/// The reason for an emptied table, in reports.
inline constexpr const char* kEmptied =
    "the target crashed after the application had been let in, which emptied this unlogged table: what was "
    "copied into it is lost";

/// Adds to what is done the tasks whose rows are lost for good: they must not be copied again.
void count_as_done(const WorkPlan& work, const std::vector<catalog::Place>& lost,
                   journal::Journal::Done& done);

/// Checks whether unlogged tables that were copied still hold rows. Errors  mismatch, naming one that does
/// not.
[[nodiscard]] Status check_not_emptied(postgres::Connection& target, const WorkPlan& work,
                                       const verify::Ledger& ledger);

}  // namespace pghaul::tasks
