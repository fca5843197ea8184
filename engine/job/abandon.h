#pragma once

#include "base/error.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// pghaul abandon: drops the journal of an unfinished copy from the target, and reports what stays there.
/// Errors  refused when there is none, or while another run is working.
[[nodiscard]] Status abandon_copy(discovery::VerbContext context);

}  // namespace pghaul::job
