#pragma once

#include "plan/draft.h"

/// How the planner's statistics get into the target: each relation is given the source's, or analyzed.
namespace pghaul::plan {

/// The one task that reads the source's, of all relations whose statistics are carried. Before all others.
void add_reading_of_statistics(Draft& draft);

/// For relations of which ANALYZE does none but themselves. `after`: what they wait for.
void add_statistics(Draft& draft, const Draft::Places& relations, const Draft::Tasks& after);

}  // namespace pghaul::plan
