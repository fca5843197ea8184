#pragma once

#include <stop_token>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/options.h"
#include "plan/finding.h"

namespace pghaul::discovery {

/// Finds what the source holds and no server would take again: expressions that call functions which are no
/// longer IMMUTABLE, and values that were stored before their column had STORAGE PLAIN. Of an archive,
/// nothing.
[[nodiscard]] Result<std::vector<plan::Finding>> unrepeatable_findings(Discovery& found,
                                                                       const Options& options,
                                                                       const std::stop_token& stop);

}  // namespace pghaul::discovery
