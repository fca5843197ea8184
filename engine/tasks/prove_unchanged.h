#pragma once

#include "base/error.h"
#include "crew/worker.h"
#include "journal/journal.h"
#include "tasks/run.h"

namespace pghaul::tasks {

/// Proves that what an earlier run copied is what the run's snapshot shows, so that the rest may be copied
/// from this one and belongs to the same state.
///
/// `same_state`: the source says that no transaction has ended since (catalog::read_state()). Otherwise
/// everything that was copied is read from the source once more, and its digests are compared with the
/// journal's; nothing is to be proved when no task is left that reads the source.
/// Errors  snapshot_lost, naming the tables that have changed.
[[nodiscard]] Status prove_unchanged(Run& run, const journal::Journal::Done& done, bool same_state,
                                     const crew::Worker::Ends& ends);

}  // namespace pghaul::tasks
