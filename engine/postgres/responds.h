#pragma once

#include <chrono>
#include <stop_token>

#include "postgres/connection_string.h"

namespace pghaul::postgres {

/// Whether the server says anything to a new connection in time, be it that it does not let us in. `stop`: to
/// stop asking, which is no answer.
[[nodiscard]] bool responds(const ConnectionString& server, std::chrono::milliseconds within,
                            const std::stop_token& stop = {});

/// How long to wait before asking a server, and asking again, that may be silent for so long.
[[nodiscard]] std::chrono::milliseconds probe_interval(std::chrono::seconds patience);

}  // namespace pghaul::postgres
