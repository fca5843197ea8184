#pragma once

#include <set>
#include <vector>

#include "base/error.h"
#include "schema/entry.h"
#include "schema/filters.h"

namespace pghaul::schema {

/// Returns the dump ids of the entries that are left out by their kind, such as all comments, of the
/// extensions that patterns leave out, and of what belongs to either. `entries`: those that come first are
/// not the companions of later ones. Schemas and tables are left to pg_dump and choose().
///
/// Errors  usage when a pattern for extensions to take matches none.
[[nodiscard]] Result<std::set<int>> excluded_entries(const std::vector<Entry>& entries,
                                                     const Filters& filters);

}  // namespace pghaul::schema
