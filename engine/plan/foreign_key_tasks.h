#pragma once

#include "plan/graph_builder.h"

namespace pghaul::plan {

/// Adds foreign keys, once the rows of both sides and the keys that they point to stand, partitions included.
/// Comes after add_partition_tasks(). Those to relations that are not in the catalog are left out.
void add_foreign_key_tasks(GraphBuilder& builder);

}  // namespace pghaul::plan
