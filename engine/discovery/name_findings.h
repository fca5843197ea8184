#pragma once

#include <stop_token>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"
#include "plan/finding.h"

namespace pghaul::discovery {

/// Finds names that take more bytes in the target's encoding than a server has for one: it would cut them,
/// and two that begin alike would be one; and names with characters that it lacks. Returns a refusal of each
/// kind that names them.
[[nodiscard]] Result<std::vector<plan::Finding>> name_findings(const Discovery& found, const Options& options,
                                                               const std::stop_token& stop);

}  // namespace pghaul::discovery
