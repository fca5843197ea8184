#pragma once

#include "plan/graph_builder.h"

namespace pghaul::plan {

/// Adds what joins the partitions of a tree: their indexes are attached to the partitioned ones, and
/// partitioned tables get the statistics that no partition has. Comes after add_table_tasks() of all tables.
/// `late`: adds it for the late indexes and their tables, once add_late_table_tasks() has been called, too;
/// otherwise for the others.
void add_partition_tasks(GraphBuilder& builder, bool late);

}  // namespace pghaul::plan
