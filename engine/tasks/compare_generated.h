#pragma once

#include <cstdint>

#include "base/error.h"
#include "catalog/model.h"
#include "measure/report.h"
#include "tasks/both_servers.h"

namespace pghaul::tasks {

/// Adds each generated column of the table that differs, and in how many rows: both servers give their rows
/// in the order of what was copied of them, so that memory does not grow with them. `rows`: of the table.
/// Errors  interrupted.
[[nodiscard]] Status compare_generated(BothServers& servers, const catalog::Relation& table,
                                       std::uint64_t rows, measure::Report::Verification& verification);

}  // namespace pghaul::tasks
