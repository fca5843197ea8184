#pragma once

#include "plan/batches.h"
#include "plan/draft.h"

namespace pghaul::plan {

/// What is done to each table by itself: rows, indexes, keys, read-back, statistics. Of partitioned tables
/// only indexes and keys, which hold nothing yet and wait for nothing.
void add_table_tasks(Draft& draft, const Batch& batch);

}  // namespace pghaul::plan
