#pragma once

#include "base/error.h"
#include "catalog/model.h"
#include "measure/report.h"
#include "tasks/both_servers.h"
#include "tasks/run.h"

namespace pghaul::tasks {

/// Adds each generated column of the table that differs, and in how many rows: both servers give their rows
/// in the order of what was copied of them, so that memory does not grow with them. Errors  interrupted.
[[nodiscard]] Status compare_generated(const Run& run, BothServers& servers, catalog::Place table,
                                       measure::Report::Verification& verification);

}  // namespace pghaul::tasks
