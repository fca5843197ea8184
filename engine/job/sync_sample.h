#pragma once

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/verb_context.h"
#include "estimate/sync_forecast.h"

namespace pghaul::job {

/// Looks at samples of both databases for what a sync would find: with a record of the copy, for rows on some
/// blocks of each table that were written since; without one, for rows that differ within some ranges of each
/// table's key.
///
/// `found`: with the source's snapshot held. `until`: no further table is looked at after so many seconds of
/// the run. Errors  refused where the target has none of the source's tables.
[[nodiscard]] Result<estimate::SyncSample> sample_sync(const discovery::VerbContext& context,
                                                       discovery::Discovery& found, double until);

}  // namespace pghaul::job
