#pragma once

#include "catalog/model.h"
#include "plan/draft.h"

namespace pghaul::plan {

/// Processes that build an index together, as PostgreSQL chooses them by the table's size and its settings;
/// `target` may be nullptr: as they are when nobody has set them.
/// Source  PostgreSQL's src/backend/optimizer/plan/planner.c, plan_create_index_workers().
[[nodiscard]] int building_processes(const catalog::IndexInfo& index, const catalog::Relation& table,
                                     const catalog::Server* target);

/// Adds the building of `index` to what `task` takes and keeps busy.
void add_building(const Draft& draft, catalog::Place index, Task& task);

}  // namespace pghaul::plan
