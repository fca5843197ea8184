#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "job/comparison.h"
#include "plan/finding.h"
#include "postgres/connection.h"
#include "verify/ledger.h"

namespace pghaul::job {

/// Makes a refusal of each definition that differs.
[[nodiscard]] std::vector<plan::Finding> findings_of_definitions(const Mismatches& mismatches);

/// Finds what stands in the way of writing to the target: a role that may not keep triggers and foreign keys
/// from firing, triggers and rules that fire nevertheless, a copy that is not complete, a name that was not
/// confirmed.
[[nodiscard]] Result<std::vector<plan::Finding>> findings_of_target(postgres::Connection& target,
                                                                    const discovery::Discovery& found,
                                                                    const std::string& confirmed);

/// Refuses differences that can't be mended.
[[nodiscard]] Status refusal_of_contents(const std::vector<DifferentTable>& tables,
                                         const verify::Ledger::Tally& large_objects, const Compared& both);

}  // namespace pghaul::job
