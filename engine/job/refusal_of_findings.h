#pragma once

#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"
#include "plan/finding.h"

namespace pghaul::job {

/// Makes one error that names the first reason not to copy, and how many there are.
[[nodiscard]] Status refusal_of(const std::vector<plan::Finding>& findings);
/// Refuses a source with tables that the role may not read: what is known of the rest is no measure of it.
[[nodiscard]] Status refusal_of_closed_tables(const discovery::Discovery& found);

}  // namespace pghaul::job
