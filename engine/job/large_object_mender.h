#pragma once

#include <cstdint>

#include "base/error.h"
#include "catalog/model.h"
#include "crew/worker.h"
#include "discovery/discovery.h"
#include "discovery/verb_context.h"
#include "tasks/both_servers.h"

namespace pghaul::job {

/// Counts what was done, or would be, to large objects.
struct MendedLargeObjects {
  std::uint64_t made = 0, changed = 0, removed = 0;
  std::uint64_t bytes = 0;  // of pieces that were written
};

/// Makes the target's large objects those of the source: those that only one side has are made or removed, of
/// changed ones the pieces are written that differ, and those with another owner, comment or other grants are
/// made anew. Some hundred at a time share a transaction.
///
/// `servers`: show both states that were compared. `writes`: otherwise all is only counted.
[[nodiscard]] Result<MendedLargeObjects> mend_large_objects(const discovery::VerbContext& context,
                                                            const discovery::Discovery& found,
                                                            const crew::Worker::Endpoints& ends,
                                                            tasks::BothServers& servers, bool writes);

}  // namespace pghaul::job
