#pragma once

#include <vector>

#include "base/error.h"
#include "schema/entry.h"
#include "tasks/run.h"

namespace pghaul::tasks {

/// Restores entries of the run's archive. `again`: an earlier attempt may have come half-way, so only what
/// the target lacks of them.
/// Errors  one that names all objects which pg_restore could not create.
[[nodiscard]] Status restore_entries(const Run& run, const std::vector<schema::Entry>& entries, bool again);

}  // namespace pghaul::tasks
