#pragma once

#include "base/error.h"
#include "job/verb.h"

namespace pghaul::job {

/// pghaul copy --discard: reads all rows and large objects of the source, as a copy of it would, and keeps
/// nothing but their digests: how fast can it be read?
[[nodiscard]] Status discard(Telling telling);

}  // namespace pghaul::job
