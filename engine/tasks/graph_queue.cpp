#include "tasks/graph_queue.h"

namespace pghaul::tasks {

bool GraphQueue::postpone(crew::ItemId task, const Error& failure) {
  // A refusal may be due to what its functions or its query read, which is not there yet.
  const bool may_pass = graph_->tasks[task].reads_others && failure.code == ErrorCode::server_error;
  return may_pass && scheduler_.postpone(task);
}

}  // namespace pghaul::tasks
