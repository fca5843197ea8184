#pragma once

#include <string>

#include "base/error.h"
#include "transport/compression.h"

namespace pghaul::link {

/// The line with which a far half begins, and which says whether both can work together.
[[nodiscard]] std::string greeting();
/// `line`, without its end, is what came. Errors  connection_failed, with what came instead, or which
/// version.
[[nodiscard]] Status check_greeting(const std::string& line);

/// Tells machines apart, as long as they run; empty when the system doesn't say.
[[nodiscard]] std::string this_machine();
/// The same, and the network that it is seen by: of containers on one machine, each has its own.
[[nodiscard]] std::string this_place();
/// What to do with bytes for the other half, which is at `place`: where both are at one, it would only take
/// cores from the servers to compress them, unless a level is asked for.
[[nodiscard]] transport::Compression compression_to(const std::string& place,
                                                    const transport::Compression& asked);

}  // namespace pghaul::link
