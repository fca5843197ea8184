#pragma once

#include "base/error.h"
#include "job/verb_context.h"

namespace pghaul::job {

/// pghaul abandon: drops the journal of an unfinished copy from the target, and tells what stays there.
/// Errors  refused when there is none, or while another run is at work.
[[nodiscard]] Status abandon_copy(VerbContext context);

}  // namespace pghaul::job
