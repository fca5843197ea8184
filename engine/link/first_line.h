#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "link/command.h"

namespace pghaul::link {

using Now = std::function<std::chrono::steady_clock::time_point()>;

/// Waits for the first line of a far half that was started. Returns it without its end, or as far as it came
/// before the far half closed its output.
///
/// `limit`: given up when nothing has come for so long. `on_wait`: called once, where the line takes long.
/// Errors  connection_failed: it says nothing, or has ended; interrupted.
[[nodiscard]] Result<std::string> await_first_line(Command& command, std::chrono::seconds limit,
                                                   const std::function<void(const std::string&)>& on_wait,
                                                   const std::stop_token& stop,
                                                   const Now& now = std::chrono::steady_clock::now);

}  // namespace pghaul::link
