#pragma once

#include <stop_token>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "discovery/discovery.h"
#include "discovery/options.h"
#include "plan/finding.h"

namespace pghaul::discovery {

/// What speaks against one relation: an index, or a table with all that it holds.
struct UnrepeatableRelation {
  plan::Finding finding;
  catalog::Oid oid = 0;
};

/// Finds what the source holds and no server would take again: expressions that call functions which are no
/// longer IMMUTABLE, columns that may hold NULLs below a parent's that may not, and values that were stored
/// before their column had STORAGE PLAIN. Of an archive, nothing.
[[nodiscard]] Result<std::vector<UnrepeatableRelation>> unrepeatable_findings(Discovery& found,
                                                                              const Options& options,
                                                                              const std::stop_token& stop);

}  // namespace pghaul::discovery
