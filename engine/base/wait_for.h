#pragma once

#include <chrono>
#include <stop_token>

namespace pghaul {

/// False when `stop` was requested meanwhile, which ends the wait.
[[nodiscard]] bool wait_for(std::chrono::milliseconds time, const std::stop_token& stop);

}  // namespace pghaul
