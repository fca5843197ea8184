#pragma once

#include "base/error.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// pghaul estimate: how long a copy would take. Reads a few megabytes of the source, which may be an archive;
/// with a target, tries them out there in a schema of its own, which is dropped again.
[[nodiscard]] Status estimate(discovery::VerbContext context);

}  // namespace pghaul::job
