#pragma once

#include <string>

#include "base/error.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// pghaul estimate SOURCE archive:FOLDER: how long it would take to write the archive, how large it would be,
/// and whether the disk has room. Reads a few megabytes of the source; writes a few beside the folder, into
/// files without a name.
[[nodiscard]] Status estimate_archive(discovery::VerbContext context, const std::string& folder);

}  // namespace pghaul::job
