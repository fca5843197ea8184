#pragma once

#include <vector>

#include "base/error.h"
#include "plan/finding.h"

namespace pghaul::job {

/// Makes one error that names the first reason not to copy, and how many there are.
[[nodiscard]] Status refusal_of(const std::vector<plan::Finding>& findings);

}  // namespace pghaul::job
