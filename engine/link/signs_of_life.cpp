#include "link/signs_of_life.h"

#include <algorithm>
#include <cstdint>
#include <stop_token>
#include <utility>

#include "base/guard.h"
#include "base/wait_for.h"
#include "postgres/answers.h"

namespace pghaul::link {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLook{100};

void give(transport::Multiplexer& link, milliseconds interval, const std::stop_token& stop) {
  while (wait_for(interval, stop)) {
    if (!link.send(transport::LinkFrame::Kind::here, 0)) return;
  }
}

/// False: it was stopped before.
bool falls_silent(const transport::Multiplexer& link, milliseconds patience, const std::stop_token& stop) {
  steady_clock::duration silence{};
  std::uint64_t heard = link.bytes_come();
  for (steady_clock::time_point before = steady_clock::now(); wait_for(kLook, stop);) {
    const steady_clock::time_point now = steady_clock::now();
    // However long we were suspended ourselves: nothing could be heard then.
    silence += std::min<steady_clock::duration>(now - before, 2 * kLook);
    before = now;
    const std::uint64_t until_now = link.bytes_come();
    if (until_now != heard) silence = {};
    heard = until_now;
    if (silence > patience) return true;
  }
  return false;
}

}  // namespace

SignsOfLife::SignsOfLife(transport::Multiplexer& link, std::chrono::seconds patience,
                         std::function<void()> on_silence, const std::function<void(Error)>& on_failure)
    : giving_(guarded_thread(
          "sending heartbeats",
          [&link, interval = postgres::between_questions(patience)](const std::stop_token& stop) -> Status {
            give(link, interval, stop);
            return {};
          },
          on_failure)),
      listening_(guarded_thread(
          "listening for signs of life",
          [&link, patience, told = std::move(on_silence)](const std::stop_token& stop) -> Status {
            if (falls_silent(link, patience, stop)) told();
            return {};
          },
          on_failure)) {}

}  // namespace pghaul::link
