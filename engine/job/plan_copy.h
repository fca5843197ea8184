#pragma once

#include "base/error.h"
#include "job/verb.h"

namespace pghaul::job {

/// pghaul plan: what a copy would do. Touches neither server.
[[nodiscard]] Status plan_copy(Telling telling);

}  // namespace pghaul::job
