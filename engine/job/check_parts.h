#pragma once

#include "base/error.h"
#include "discovery/options.h"

namespace pghaul::job {

/// Refuses options by which parts of a database are copied where they do not go together with others.
/// Errors  usage.
[[nodiscard]] Status check_parts(const discovery::Options& options);

}  // namespace pghaul::job
