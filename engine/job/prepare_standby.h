#pragma once

#include "base/error.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// pghaul copy --follow --prepare-standby: makes publication and slot on the source for a target that is a
/// physical standby of it, and reports where that has to end its recovery. The standby must not replay
/// anything meanwhile: what it has replayed beyond that position would be applied twice.
///
/// `touched`  set once something was made on the source.
/// Errors     refused: the target is no such standby, or replays; the source can't be followed.
[[nodiscard]] Status prepare_standby(discovery::VerbContext context, bool& touched);

}  // namespace pghaul::job
