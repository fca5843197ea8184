#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "job/both_databases.h"
#include "plan/finding.h"
#include "postgres/connection.h"

namespace pghaul::job {

/// Makes a refusal of each definition that differs.
[[nodiscard]] std::vector<plan::Finding> findings_of_definitions(const compare::Mismatches& mismatches);

/// Finds what stands in the way of writing to the target: tables of others whose triggers and foreign keys
/// the role can't keep from firing, triggers and rules that fire nevertheless, a copy that is not complete, a
/// name that was not confirmed. `replica`: the role may set session_replication_role.
[[nodiscard]] Result<std::vector<plan::Finding>> findings_of_target(postgres::Connection& target,
                                                                    const discovery::Discovery& found,
                                                                    bool replica,
                                                                    const std::string& confirmed);

/// Refuses differences that can't be mended.
[[nodiscard]] Status refusal_of_contents(const std::vector<compare::DifferentTable>& tables);

}  // namespace pghaul::job
