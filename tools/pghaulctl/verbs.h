#pragma once

#include "failure.h"
#include "request.h"

/// The verbs: each does what a command line asks for, and prints what came of it.
namespace pghaul::platform {

[[nodiscard]] Outcome info(const Request& request);
[[nodiscard]] Outcome wait(const Request& request);
[[nodiscard]] Outcome maintenance(const Request& request);
[[nodiscard]] Outcome follow(const Request& request);
[[nodiscard]] Outcome unfollow(const Request& request);
[[nodiscard]] Outcome upgrade(const Request& request);
[[nodiscard]] Outcome destroy(const Request& request);
[[nodiscard]] Outcome promote(const Request& request);
[[nodiscard]] Outcome pool(const Request& request);
[[nodiscard]] Outcome credentials(const Request& request);
[[nodiscard]] Outcome changeover(const Request& request);

}  // namespace pghaul::platform
