#pragma once

#include "plan/draft.h"

namespace pghaul::plan {

/// What joins the partitions of a tree: their indexes are attached to the partitioned ones, and partitioned
/// tables get the statistics that no partition has. After add_table_tasks() of all tables.
void add_partition_tasks(Draft& draft);

}  // namespace pghaul::plan
