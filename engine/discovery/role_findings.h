#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/options.h"
#include "plan/finding.h"

namespace pghaul::discovery {

struct RoleFindings {
  std::vector<plan::Finding> findings;
  /// With --skip-failing, the entries of the archive that can't be made, by their dump ids, and why.
  std::map<int, std::string> failing;
};

/// Finds what the target's role could not make of what is to be copied, or could not remove, and extensions
/// that the target lacks. What a provider may have allowed to roles that are no superusers is tried there, in
/// a transaction that is rolled back.
[[nodiscard]] Result<RoleFindings> role_findings(Discovery& found, const Options& options,
                                                 const std::stop_token& stop);

}  // namespace pghaul::discovery
