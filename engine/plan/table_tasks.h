#pragma once

#include <span>

#include "plan/graph_builder.h"
#include "plan/relation_groups.h"

namespace pghaul::plan {

/// Adds what is done to each table by itself: rows, indexes, keys, read-back, statistics; for partitioned
/// tables only indexes and keys, which hold nothing yet and wait for nothing. `groups`: one, or all of a
/// tree whose rows are copied by way of its parent. Leaves out indexes and keys whose functions may read
/// other tables, and statistics of their tables.
void add_table_tasks(GraphBuilder& builder, std::span<const RelationGroup> groups);

/// Adds what add_table_tasks() has left out of the group. `after`: the tasks that it waits for.
void add_late_table_tasks(GraphBuilder& builder, const RelationGroup& group,
                          const GraphBuilder::Tasks& after);

}  // namespace pghaul::plan
