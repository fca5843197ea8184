#pragma once

#include "base/error.h"
#include "job/verb.h"

namespace pghaul::job {

/// pghaul abandon: drops the journal of an unfinished copy from the target, and tells what stays there.
/// Errors  refused when there is none, or while another run is at work.
[[nodiscard]] Status abandon_copy(Telling telling);

}  // namespace pghaul::job
