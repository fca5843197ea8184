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
/// end of the names of its sessions there, also of those that a link's far half makes.
[[nodiscard]] Result<discovery::Discovery> discover_watched(
    const discovery::VerbContext& context, const std::string& mark, LockTimeout& locks,
    measure::Progress& progress, const journal::Journal::Header* earlier = nullptr);

/// Does the same for a verb that watches nothing else and shows no progress. `verb`: names its sessions.
[[nodiscard]] Result<discovery::Discovery> discover_watched(const discovery::VerbContext& context,
                                                            const char* verb);

}  // namespace pghaul::job
