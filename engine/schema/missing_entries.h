#pragma once

#include <vector>

#include "schema/entry.h"

namespace pghaul::schema {

/// Of `wanted`, what a restore that ended half-way has left to do, in the same order: what `present`, the
/// entries of a dump of the target, doesn't hold, and what may be done twice, such as comments and grants.
[[nodiscard]] std::vector<Entry> missing_entries(const std::vector<Entry>& wanted,
                                                 const std::vector<Entry>& present);

}  // namespace pghaul::schema
