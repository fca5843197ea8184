#pragma once

#include <vector>

#include "base/error.h"
#include "measure/report.h"
#include "tasks/results.h"

namespace pghaul::compare {

/// Compares source and target in the ledger, table by table.
[[nodiscard]] measure::Report::Verification digest_mismatches(const tasks::WorkPlan& work,
                                                              const tasks::Results& results);
void add(std::vector<measure::Report::Mismatch> more, measure::Report::Verification& verification);
/// Makes one error that names the first difference, and how many there are.
[[nodiscard]] Status as_status(const std::vector<measure::Report::Mismatch>& mismatches);

}  // namespace pghaul::compare
