#pragma once

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "base/error.h"
#include "discovery/target_hold.h"
#include "discovery/verb_context.h"
#include "live/follower.h"

namespace pghaul::live {

/// Applies the changes of a live copy while a switchover works, where no other pghaul does.
///
/// Threads  one of its own, which has ended once this is destroyed.
class SwitchoverFollower {
 public:
  /// Errors  refused: another pghaul works in the target.
  [[nodiscard]] static Result<std::unique_ptr<SwitchoverFollower>> start(discovery::VerbContext context,
                                                                         Follower::Direction direction);
  ~SwitchoverFollower();
  SwitchoverFollower(SwitchoverFollower&&) = delete;
  SwitchoverFollower& operator=(SwitchoverFollower&&) = delete;

  /// Returns why it has ended, if it has.
  [[nodiscard]] Status state() const;

 private:
  SwitchoverFollower(discovery::VerbContext context, Follower::Direction direction,
                     discovery::TargetHold hold);

  discovery::TargetHold hold_;
  std::stop_source stop_;
  measure::Events events_;  // heard by nobody: the switchover's own are
  measure::Report report_;
  Follower follower_;
  mutable std::mutex mutex_;
  Status outcome_;  // under `mutex_`
  std::jthread thread_;
};

}  // namespace pghaul::live
