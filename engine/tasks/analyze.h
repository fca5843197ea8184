#pragma once

#include <vector>

#include "base/error.h"
#include "postgres/connection.h"
#include "tasks/run.h"

namespace pghaul::tasks {

/// ANALYZE. Statistics that can't be gathered spoil no copy, but are named: of a table with foreign children,
/// say, whose server is out of the target's reach.
[[nodiscard]] Status analyze_relations(postgres::Connection& target, Run& run,
                                       const std::vector<catalog::Place>& relations);

}  // namespace pghaul::tasks
