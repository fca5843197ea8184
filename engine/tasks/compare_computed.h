#pragma once

#include <string>

#include "base/error.h"
#include "crew/worker.h"
#include "measure/report.h"
#include "tasks/run.h"

namespace pghaul::tasks {

/// Adds what differs of generated columns and materialized views, which the target has computed anew. Where
/// digests differ both servers are asked again: in how many rows each column differs, and whether a view's
/// rows on the source are those of its query.
///
/// `source_state`: catalog::read_state() of the snapshot that was copied, which is gone; empty: the run's
/// snapshot is still there.
/// Errors  interrupted; what else keeps the servers from answering is told with the difference.
[[nodiscard]] Status compare_computed(const Run& run, const crew::Worker::Ends& ends,
                                      const std::string& source_state,
                                      measure::Report::Verification& verification);

}  // namespace pghaul::tasks
