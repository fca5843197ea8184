#include "live/switchover_follower.h"

#include <utility>

#include "base/guard.h"

namespace pghaul::live {

Result<std::unique_ptr<SwitchoverFollower>> SwitchoverFollower::start(discovery::VerbContext context,
                                                                      Follower::Direction direction) {
  const Result<postgres::ConnectionString> target = direction.target.connection_string();
  if (!target) return fail(target.error());
  Result<discovery::TargetHold> hold = discovery::TargetHold::open(*target, context.stop);
  if (!hold) return fail(hold.error());
  return std::unique_ptr<SwitchoverFollower>(
      new SwitchoverFollower(std::move(context), std::move(direction), std::move(*hold)));
}

SwitchoverFollower::SwitchoverFollower(discovery::VerbContext context, Follower::Direction direction,
                                       discovery::TargetHold hold)
    : hold_(std::move(hold)),
      events_(context.timeline, nullptr),
      follower_({context.options, context.ends, stop_.get_token(), context.timeline, events_, report_},
                std::move(direction)),
      thread_([this] {
        Status ended = guarded("following the changes", [this] { return follower_.run(); });
        const std::lock_guard lock(mutex_);
        outcome_ = std::move(ended);
      }) {}

SwitchoverFollower::~SwitchoverFollower() {
  stop_.request_stop();
}

Status SwitchoverFollower::state() const {
  const std::lock_guard lock(mutex_);
  return outcome_;
}

}  // namespace pghaul::live
