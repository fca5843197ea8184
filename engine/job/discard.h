#pragma once

#include "base/error.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// pghaul copy --discard: reads all rows and large objects of the source, as a copy of it would, and keeps
/// nothing but their digests, to measure how fast it can be read.
[[nodiscard]] Status discard(discovery::VerbContext context);

}  // namespace pghaul::job
