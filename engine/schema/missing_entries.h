#pragma once

#include <vector>

#include "schema/entry.h"

namespace pghaul::schema {

/// Returns the part of `wanted` that an interrupted restore has left to do, in the same order: entries that
/// `present`, those of a dump of the target, lacks, and what may be done twice, such as comments and grants.
[[nodiscard]] std::vector<Entry> missing_entries(const std::vector<Entry>& wanted,
                                                 const std::vector<Entry>& present);

}  // namespace pghaul::schema
