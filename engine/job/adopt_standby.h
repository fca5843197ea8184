#pragma once

#include "base/error.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// pghaul copy --follow --filled-at LSN: takes a target that was a standby of the source, and has ended its
/// recovery at that position, as one that a copy has filled: writes a journal and the progress, from which
/// the changes are followed. Either is there as a whole or not at all.
///
/// `touched`  set once something was written.
/// Errors     refused, with what is different from what prepare_standby() has prepared, or from the source.
[[nodiscard]] Status adopt_standby(discovery::VerbContext context, bool& touched);

}  // namespace pghaul::job
