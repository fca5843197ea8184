#include "job/lock_timeout.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace pghaul::job {

LockTimeout::LockTimeout(const discovery::VerbContext& context)
    : context_(context), stop_too_(context.stop, [this] { stop_.request_stop(); }) {}

discovery::VerbContext LockTimeout::context() const {
  return {context_.options,  context_.ends,   stop_.get_token(),
          context_.timeline, context_.events, context_.report};
}

void LockTimeout::watch(crew::LockWatch::Sessions sessions, measure::Progress& progress,
                        std::chrono::milliseconds most) {
  const auto limit = std::min(
      most, std::max<std::chrono::milliseconds>(context_.options.retry_for, context_.options.stall_after));
  watches_.emplace_back(std::move(sessions), limit, context_.events, progress, [this](Error error) {
    {
      const std::lock_guard lock(mutex_);
      no_lock_ = std::move(error);
    }
    stop_.request_stop();
  });
}

Status LockTimeout::end(Status done) {
  if (!done) stop_.request_stop();
  watches_.clear();
  if (!done && no_lock_ && !context_.stop.stop_requested()) return fail(*no_lock_);
  return done;
}

}  // namespace pghaul::job
