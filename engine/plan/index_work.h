#pragma once

#include "catalog/model.h"
#include "plan/graph_builder.h"

namespace pghaul::plan {

/// Returns the number of processes that build an index together, as PostgreSQL chooses it by the table's size
/// and its settings; `target` may be nullptr: then it has default settings.
/// Source  PostgreSQL's src/backend/optimizer/plan/planner.c, plan_create_index_workers().
[[nodiscard]] int building_processes(const catalog::IndexInfo& index, const catalog::Relation& table,
                                     const catalog::Server* target);

/// Adds the building of `index` to the time of `task`, and to what it keeps busy.
void add_building(const GraphBuilder& builder, catalog::Place index, Task& task);

}  // namespace pghaul::plan
