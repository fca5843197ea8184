#include "support/waiting_ends.h"

namespace pghaul::support {

Status Silence::wait() noexcept {
  somebody_waits_ = true;
  somebody_waits_.notify_all();
  cancelled_.wait(false);
  return fail(ErrorCode::interrupted, "cancelled");
}

void Silence::cancel() noexcept {
  cancelled_ = true;
  cancelled_.notify_all();
}

Status WaitingSource::fill(pipeline::Chunk& chunk) {
  const Status filled = rows_.fill(chunk);
  if (!filled || !chunk.empty()) return filled;
  return silence_.wait();
}

}  // namespace pghaul::support
