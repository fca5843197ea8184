#pragma once

#include "base/error.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// pghaul copy --rehearse: the whole copy, into a database of its own on the target's server, which is
/// dropped whatever happens. The target database itself stays as it is.
[[nodiscard]] Status rehearse(discovery::VerbContext context);

}  // namespace pghaul::job
