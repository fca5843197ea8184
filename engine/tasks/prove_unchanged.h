#pragma once

#include <chrono>

#include "base/error.h"
#include "crew/worker.h"
#include "journal/journal.h"
#include "measure/progress.h"
#include "postgres/snapshot.h"

namespace pghaul::tasks {

class WorkPlan;

/// Proves that what an earlier run copied is what `snapshot` of the source shows, so that the rest may be
/// copied from this one and belongs to the same state.
///
/// `same_state`: no transaction of the source has ended since (catalog::read_state()). Otherwise everything
/// that was copied is read from the source once more, and its digests are compared with the journal's;
/// nothing is to be proved when no task is left that reads the source.
/// Errors  snapshot_lost, naming the tables that have changed.
[[nodiscard]] Status prove_unchanged(const WorkPlan& work, const postgres::Snapshot& snapshot,
                                     const journal::Journal::Done& done, bool same_state,
                                     const crew::Worker::Endpoints& ends, std::chrono::seconds stall_after,
                                     measure::Progress& progress);

/// Tells whether a task that reads the source has not been done yet.
[[nodiscard]] bool has_source_to_read(const WorkPlan& work, const journal::Journal::Done& done);

}  // namespace pghaul::tasks
