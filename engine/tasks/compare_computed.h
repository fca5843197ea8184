#pragma once

#include "base/error.h"
#include "measure/report.h"

namespace pghaul::tasks {

class BothServers;
class WorkPlan;
struct Results;

/// Adds what differs of generated columns and materialized views, which the target has computed anew. Where
/// digests differ both servers are asked again: in how many rows each column differs, and whether a view's
/// rows on the source are those of its query.
///
/// Errors  interrupted; what else keeps the servers from answering is told with the difference.
[[nodiscard]] Status compare_computed(const WorkPlan& work, const Results& results, BothServers& servers,
                                      measure::Report::Verification& verification);

}  // namespace pghaul::tasks
