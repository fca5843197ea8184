#pragma once

#include <chrono>
#include <stop_token>

namespace pghaul {

/// Waits for `time`; returns false as soon as `stop` is requested.
[[nodiscard]] bool wait_for(std::chrono::milliseconds time, const std::stop_token& stop);

}  // namespace pghaul
