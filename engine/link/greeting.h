#pragma once

#include <string>

#include "base/error.h"
#include "transport/compression.h"

namespace pghaul::link {

/// Returns the first line that a far half sends, by which the other one knows whether both can work together.
[[nodiscard]] std::string greeting();
/// Checks the `line` that has come, without its end. Errors  connection_failed, with what came instead, or
/// which version.
[[nodiscard]] Status check_greeting(const std::string& line);

/// Identifies this machine, as long as it runs; empty when the system doesn't say.
[[nodiscard]] std::string this_machine();
/// Identifies the machine and its network: containers on one machine have one each.
[[nodiscard]] std::string this_place();
/// Decides how to compress bytes for the other half, which is at `place`: in one place compression would only
/// take cores from the servers, unless a level is asked for.
[[nodiscard]] transport::Compression compression_to(const std::string& place,
                                                    const transport::Compression& asked);

}  // namespace pghaul::link
