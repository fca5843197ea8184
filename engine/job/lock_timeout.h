#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>

#include "base/error.h"
#include "crew/lock_watch.h"
#include "discovery/verb_context.h"
#include "measure/progress.h"

namespace pghaul::job {

/// A verb's stop: requested by whoever runs it, or because a session on a server that is watched does not
/// release its lock.
///
/// Ownership  of the watches and their threads; none of the context, which outlives it.
/// Threads    one, beside those of the watches.
class LockTimeout {
 public:
  explicit LockTimeout(const discovery::VerbContext& context);

  /// Returns the verb's context with this stop.
  [[nodiscard]] discovery::VerbContext context() const;
  /// Watches until end(): `progress` has to live until then. `most`: the time after which it gives up, where
  /// the options allow for more.
  void watch(crew::LockWatch::Sessions sessions, measure::Progress& progress,
             std::chrono::milliseconds most = std::chrono::milliseconds::max());
  /// Ends the watch that was begun last.
  void end_last_watch() { watches_.pop_back(); }
  /// Ends watching, and stops what still runs beside a failed run. Returns the run's result: where a lock has
  /// ended it, that.
  [[nodiscard]] Status end(Status done);

 private:
  const discovery::VerbContext context_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> stop_too_;
  std::mutex mutex_;                    // guards the next
  std::optional<Error> no_lock_;        // the reason for the stop, when the caller requested none
  std::list<crew::LockWatch> watches_;  // last: their threads use what is above
};

}  // namespace pghaul::job
