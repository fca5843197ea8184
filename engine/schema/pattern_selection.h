#pragma once

#include <set>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "schema/entry.h"
#include "schema/filters.h"

namespace pghaul::schema {

/// Selects, from what a whole archive lists, the dump ids of what pg_dump would have written with these
/// patterns. `source`: the archive's catalog. A pattern of a table that names no schema must match tables of
/// one schema alone: an archive has no search_path.
///
/// Errors  usage when a pattern matches nothing, can't be read, or leaves open which schema it means; refused
///         when names with spaces in them make the listing ambiguous.
/// Source  PostgreSQL's src/bin/pg_dump/pg_dump.c, selectDumpable…().
[[nodiscard]] Result<std::set<int>> choose(const std::vector<Entry>& entries, const catalog::Catalog& source,
                                           const Filters& filters);

}  // namespace pghaul::schema
