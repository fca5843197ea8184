#pragma once

#include <string>

#include "base/error.h"
#include "catalog/model.h"
#include "measure/report.h"
#include "tasks/both_servers.h"
#include "tasks/run.h"

namespace pghaul::tasks {

/// Adds why the materialized view's rows differ. The source's may be older than its tables' rows: then its
/// query gives on the source what the target holds, which is a note and no difference.
///
/// The query runs on the source only where it calls no function that another role could have made for whoever
/// comes by with more rights.
/// `differs`: in words, the two digests' difference. Errors  interrupted.
[[nodiscard]] Status compare_view(const Run& run, BothServers& servers, catalog::Place view,
                                  const std::string& differs, measure::Report::Verification& verification);

}  // namespace pghaul::tasks
