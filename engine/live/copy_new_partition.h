#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "follow/new_partitions.h"
#include "follow/progress.h"
#include "postgres/connection.h"

namespace pghaul::live {

/// Makes a partition that the source has got since on the target, with its rows and the start of its changes,
/// in one transaction. To be called while no changes are applied.
///
/// The copied rows hold every change of the table that the stream has passed: had one come before, it would
/// have stopped at the missing table, and what was written before the table was published is visible since.
/// Errors  refused: the target's triggers can't be silenced, or somebody holds the table.
[[nodiscard]] Status copy_new_partition(postgres::Connection& source, postgres::Connection& target,
                                        const follow::NewPartition& partition,
                                        const follow::ProgressTable& progress, const std::string& slot);

}  // namespace pghaul::live
