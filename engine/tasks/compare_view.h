#pragma once

#include <string>

#include "base/error.h"
#include "catalog/model.h"
#include "measure/report.h"
#include "tasks/both_servers.h"
#include "verify/ledger.h"

namespace pghaul::tasks {

class WorkPlan;

/// Adds why the materialized view's rows differ. The source's may be older than its tables' rows: then its
/// query gives on the source what the target holds, which is a note and no difference.
///
/// The query runs on the source only where it calls no function that another role could have made for whoever
/// comes by with more rights.
/// `line`: its two digests. `differs`: in words, their difference. Errors  interrupted.
[[nodiscard]] Status compare_view(const WorkPlan& work, const verify::Ledger::Tally& line,
                                  BothServers& servers, catalog::Place view, const std::string& differs,
                                  measure::Report::Verification& verification);

}  // namespace pghaul::tasks
