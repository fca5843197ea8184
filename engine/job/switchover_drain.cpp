#include "job/switchover.h"

#include "base/wait_for.h"
#include "fencing/marker.h"
#include "follow/progress.h"

namespace pghaul::job {
namespace {

constexpr std::chrono::milliseconds kDrainInterval{2};

}  // namespace

/// Waits until the target has all that the source has committed until now.
Status Switchover::drain(Clock::time_point deadline) {
  const Result<Lsn> marked = fencing::write_marker(*source_, turns_.forward);
  if (!marked) return fail(marked.error());
  return await_position(*marked, deadline);
}

Status Switchover::await_position(Lsn position, Clock::time_point deadline) {
  const follow::ProgressTable table(schema_);
  for (;;) {
    const Result<std::optional<follow::Progress>> progress = table.find(*target_, turns_.forward);
    if (!progress) return fail(progress.error());
    if (*progress && (*progress)->position >= position) return {};
    if (follower_) {
      if (Status following = follower_->state(); !following) return following;
    }
    if (Clock::now() >= deadline) {
      return fail(ErrorCode::refused, "the target did not receive the last changes in time",
                  "pghaul status shows how far it is behind, and whether it is being followed at all");
    }
    if (!wait_for(kDrainInterval, context_.stop)) return fail(ErrorCode::interrupted, "stopped on request");
  }
}

}  // namespace pghaul::job
