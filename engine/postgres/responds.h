#pragma once

#include <chrono>
#include <stop_token>

#include "base/silence_timer.h"
#include "postgres/connection_string.h"

namespace pghaul::postgres {

/// Tells whether the server says anything to a new connection in time, even if it does not let us in. `stop`:
/// to stop asking, which is no answer.
[[nodiscard]] bool responds(const ConnectionString& server, std::chrono::milliseconds within,
                            const std::stop_token& stop = {});
/// Asks whether it responds() before its silence is too long, and notes there what came of it.
void probe(const ConnectionString& server, SilenceTimer& silence, const std::stop_token& stop = {});

}  // namespace pghaul::postgres
