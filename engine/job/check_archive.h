#pragma once

#include "base/error.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// pghaul verify archive:FOLDER: reads every file of the archive, and compares it with what was written.
/// Errors  mismatch, naming the first file and frame that is damaged; the report names all.
[[nodiscard]] Status check_archive(discovery::VerbContext context);

}  // namespace pghaul::job
