#include "postgres/liveness_check.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "base/guard.h"
#include "base/wait_for.h"
#include "postgres/responds.h"

namespace pghaul::postgres {
namespace {

using std::chrono::steady_clock;

/// Returns once `done` is requested, or the server has been silent for too long, which asks `program` to
/// stop.
void attend(const ConnectionString& server, const std::stop_token& done, std::stop_source& program) {
  const std::chrono::milliseconds interval = probe_interval(server.patience());
  auto heard = steady_clock::now();
  for (;;) {
    if (!wait_for(interval, done)) return;
    const std::chrono::milliseconds left = std::chrono::duration_cast<std::chrono::milliseconds>(
        heard + server.patience() - steady_clock::now());
    if (left <= std::chrono::milliseconds::zero()) {
      program.request_stop();
      return;
    }
    if (responds(server, left, done)) heard = steady_clock::now();
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
    const std::jthread attendant = guarded_thread(
        "watching the " + std::string(side_name(side)),
        [&](const std::stop_token& over) -> Status {
          attend(server, over, give_up);
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
                                                      side_name(side), server.patience().count(), name));
}

}  // namespace pghaul::postgres
