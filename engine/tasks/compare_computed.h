#pragma once

#include "base/error.h"
#include "measure/report.h"

namespace pghaul::tasks {

class BothServers;
class WorkPlan;
struct Results;

/// Adds the differences in generated columns and materialized views, which the target has computed anew.
/// Queries both servers again where digests differ: in how many rows each column differs, and whether a
/// view's rows on the source are those of its query.
///
/// Errors  interrupted; any other failure of the servers is reported with the difference.
[[nodiscard]] Status compare_computed(const WorkPlan& work, const Results& results, BothServers& servers,
                                      measure::Report::Verification& verification);

}  // namespace pghaul::tasks
