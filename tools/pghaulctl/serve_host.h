#pragma once

#include <string>
#include <vector>

namespace pghaul::platform {

/// Serves the pghaulctl of another machine, which has started this one by a command such as `ssh db2`, over
/// standard input and output, until the input ends. Returns the exit status.
///
/// `arguments`  none: answers requests (host_requests.h). "connect FOLDER PORT USER": carries the bytes of
/// one
///              connection to the server there, as that user. "as USER serve-link": the far half of an
///              engine's link, as that user.
[[nodiscard]] int serve_host(const std::vector<std::string>& arguments);

}  // namespace pghaul::platform
