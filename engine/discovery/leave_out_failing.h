#pragma once

#include <map>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/options.h"

namespace pghaul::discovery {

/// With --skip-failing, leaves out what the target can't be given, as role_findings() foresees it, and all
/// that needs it; each is named with its reason in Discovery::left_out. What speaks against the copy
/// nevertheless is added to the findings.
[[nodiscard]] Status leave_out_failing(Discovery& found, const Options& options, const std::stop_token& stop);

/// Adds to `failing`, entries by their dump ids with a reason each, all that depend on these.
void add_dependents(const std::vector<schema::Entry>& entries, std::map<int, std::string>& failing);

}  // namespace pghaul::discovery
