#include "postgres/liveness_check.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "base/guard.h"
#include "base/silence_timer.h"
#include "base/wait_for.h"
#include "postgres/responds.h"

namespace pghaul::postgres {
namespace {

using std::chrono::steady_clock;

/// Returns once `done` is requested, or the server has been silent for too long, which asks `program` to
/// stop.
void watch(const ConnectionString& server, const std::stop_token& done, std::stop_source& program) {
  SilenceTimer silence(server.silence_limit(), probe_interval(server.silence_limit()), steady_clock::now());
  while (
      wait_for(std::chrono::ceil<std::chrono::milliseconds>(silence.until_due(steady_clock::now())), done)) {
    const SilenceTimer::Due due = silence.due(steady_clock::now());
    if (due == SilenceTimer::Due::probe) probe(server, silence, done);
    if (due == SilenceTimer::Due::giving_up) {
      program.request_stop();
      return;
    }
  }
}

}  // namespace

Status with_liveness_check(const ConnectionString& server, Side side, const std::stop_token& stop,
                           const std::string& name,
                           const std::function<Status(const std::stop_token&)>& work) {
  std::stop_source give_up;
  const std::stop_callback stop_too(stop, [&] { give_up.request_stop(); });
  std::optional<Error> unwatched;
  Status done = [&] {
    const std::jthread watcher = guarded_thread(
        "watching the " + std::string(side_name(side)),
        [&](const std::stop_token& over) -> Status {
          watch(server, over, give_up);
          return {};
        },
        [&](Error failure) {
          unwatched = std::move(failure);
          give_up.request_stop();
        });
    return work(give_up.get_token());
  }();
  if (!done && unwatched) return fail(std::move(*unwatched));
  if (done || done.error().code != ErrorCode::interrupted || stop.stop_requested()) return done;
  return fail(ErrorCode::connection_lost, fmt::format("the {} has not answered for {} s, and {} was ended",
                                                      side_name(side), server.silence_limit().count(), name));
}

}  // namespace pghaul::postgres
