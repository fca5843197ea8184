#pragma once

#include "plan/graph_builder.h"

/// Tasks that bring the planner's statistics into the target: each relation is given the source's, or
/// analyzed.
namespace pghaul::plan {

/// Adds the one task that reads the source's statistics of all relations that get them. Comes before all
/// others.
void add_reading_of_statistics(GraphBuilder& builder);

/// Adds statistics, carried or gathered, of relations whose ANALYZE reaches no other relation. `after`: what
/// they wait for.
void add_statistics(GraphBuilder& builder, const GraphBuilder::Places& relations,
                    const GraphBuilder::Tasks& after);

}  // namespace pghaul::plan
