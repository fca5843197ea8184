#include "link/first_line.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cstddef>

#include "base/silence_timer.h"

namespace pghaul::link {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kUsual{5'000};  // a password may have to be typed
constexpr milliseconds kLook{100};     // interval of looking whether all is to end
constexpr std::size_t kLongest = 400;

}  // namespace

Result<std::string> await_first_line(Command& command, std::chrono::seconds limit,
                                     const std::function<void(const std::string&)>& on_wait,
                                     const std::stop_token& stop, const Now& now) {
  SilenceTimer silence(limit, std::min<milliseconds>(kUsual, limit), now());
  bool reported = false;
  std::string line;
  while (line.size() < kLongest) {
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
    const SilenceTimer::Due due = silence.due(now());
    if (due == SilenceTimer::Due::giving_up) {
      return fail(ErrorCode::connection_failed,
                  fmt::format("the far half of the link sent no greeting within {} s", limit.count()),
                  "the command has to start pghaul on the other machine: try it with --version; "
                  "--stall-after SECONDS waits longer, such as for a password that is typed");
    }
    if (due == SilenceTimer::Due::probe && !reported) {
      reported = true;
      on_wait(fmt::format("the far half's greeting; given up after {} s", limit.count()));
    }
    pollfd wait{command.output(), POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(kLook.count())) <= 0) continue;
    std::byte byte{};
    const Result<std::size_t> got = command.read({&byte, 1});
    if (!got) return fail(got.error());
    if (*got == 0 && line.empty()) {
      return fail(ErrorCode::connection_failed,
                  "the far half of the link did not start: " + command.last_words(),
                  "the command has to start pghaul on the other machine: try it with --version");
    }
    if (*got == 0 || byte == std::byte{'\n'}) break;
    silence.heard(now());
    line += static_cast<char>(byte);
  }
  return line;
}

}  // namespace pghaul::link
