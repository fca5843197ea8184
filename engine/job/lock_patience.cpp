#include "job/lock_patience.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace pghaul::job {

LockPatience::LockPatience(const Telling& telling)
    : telling_(telling), stop_too_(telling.stop, [this] { stop_.request_stop(); }) {}

Telling LockPatience::telling() const {
  return {telling_.options,  telling_.ends,   stop_.get_token(),
          telling_.timeline, telling_.events, telling_.report};
}

void LockPatience::watch(crew::LockWatch::Sessions sessions, measure::Progress& progress) {
  const auto limit =
      std::max<std::chrono::milliseconds>(telling_.options.retry_for, telling_.options.stall_after);
  watches_.emplace_back(std::move(sessions), limit, telling_.events, progress, [this](Error error) {
    {
      const std::lock_guard lock(mutex_);
      no_lock_ = std::move(error);
    }
    stop_.request_stop();
  });
}

Status LockPatience::end(Status done) {
  if (!done) stop_.request_stop();
  watches_.clear();
  if (!done && no_lock_ && !telling_.stop.stop_requested()) return fail(*no_lock_);
  return done;
}

}  // namespace pghaul::job
