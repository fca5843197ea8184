#pragma once

#include "base/error.h"
#include "link/breakable_pipes.h"

namespace pghaul::link {

/// Runs the half of a link at the server's side: opens connections as it is asked, and carries their bytes,
/// until its input ends, or the near half stops responding.
///
/// Threads    the calling one reads; each connection has one of its own.
/// Errors     those of the link; a server's go to the other half.
[[nodiscard]] Status serve(BreakablePipes& pipes);

}  // namespace pghaul::link
