#pragma once

#include <string>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/verb_context.h"
#include "job/lock_timeout.h"
#include "journal/journal.h"
#include "measure/progress.h"

namespace pghaul::job {

/// Does as discovery::discover(), and reports sessions of the source whose locks that waits for. `mark`: the
/// end of the names of its sessions there. A link's far half gives them other names: it is not watched.
[[nodiscard]] Result<discovery::Discovery> discover_watched(
    const discovery::VerbContext& context, const std::string& mark, LockTimeout& locks,
    measure::Progress& progress, const journal::Journal::Header* earlier = nullptr);

}  // namespace pghaul::job
