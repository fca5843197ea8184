#pragma once

#include "plan/graph_builder.h"

namespace pghaul::plan {

/// Adds what belongs to the database as a whole: sequences and large objects, at any time; then, after
/// everything else, the rest of post-data, whose triggers must not fire and whose rules and policies must not
/// hide rows; then the materialized views, which may read what post-data has completed. Returns the tasks
/// after which every query shows what it shows on the source.
GraphBuilder::Tasks add_database_tasks(GraphBuilder& builder);

}  // namespace pghaul::plan
