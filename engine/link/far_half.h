#pragma once

#include "base/error.h"
#include "link/breakable_input.h"
#include "transport/byte_output.h"

namespace pghaul::link {

/// The half of a link at the server's side: opens connections as it is told, and carries their bytes, until
/// `input` ends.
///
/// Threads    the calling one reads; each connection has one of its own.
/// Errors     those of the link; a server's go to the other half.
[[nodiscard]] Status serve(BreakableInput& input, transport::ByteOutput& output);

}  // namespace pghaul::link
