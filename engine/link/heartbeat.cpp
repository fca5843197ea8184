#include "link/heartbeat.h"

#include <cstdint>
#include <stop_token>
#include <utility>

#include "base/awake_clock.h"
#include "base/guard.h"
#include "base/silence_timer.h"
#include "base/wait_for.h"

namespace pghaul::link {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLook{100};

void send(transport::Multiplexer& link, milliseconds interval, const std::stop_token& stop) {
  while (wait_for(interval, stop)) {
    if (!link.send(transport::LinkFrame::Kind::here, 0)) return;
  }
}

/// False: it was stopped before.
bool falls_silent(const transport::Multiplexer& link, milliseconds silence_limit,
                  const std::stop_token& stop) {
  AwakeClock clock(kLook, steady_clock::now());
  SilenceTimer silence(silence_limit, clock.at(steady_clock::now()));
  std::uint64_t bytes = link.bytes_come();
  while (wait_for(kLook, stop)) {
    const steady_clock::time_point now = clock.at(steady_clock::now());
    const std::uint64_t until_now = link.bytes_come();
    if (until_now != std::exchange(bytes, until_now)) silence.heard(now);
    if (silence.due(now) == SilenceTimer::Due::giving_up) return true;
  }
  return false;
}

}  // namespace

Heartbeat::Heartbeat(transport::Multiplexer& link, std::chrono::seconds silence_limit,
                     std::function<void()> on_silence, const std::function<void(Error)>& on_failure)
    : sending_(guarded_thread(
          "sending heartbeats",
          [&link, interval = probe_interval(silence_limit)](const std::stop_token& stop) -> Status {
            send(link, interval, stop);
            return {};
          },
          on_failure)),
      listening_(guarded_thread(
          "listening for heartbeats",
          [&link, silence_limit,
           report_silence = std::move(on_silence)](const std::stop_token& stop) -> Status {
            if (falls_silent(link, silence_limit, stop)) report_silence();
            return {};
          },
          on_failure)) {}

}  // namespace pghaul::link
