#include "tasks/retry_loop.h"

#include <optional>

#include "base/wait_for.h"
#include "crew/retry.h"
#include "crew/worker.h"
#include "tasks/task_executor.h"
#include "tasks/task_log.h"
#include "tasks/task_reporter.h"
#include "tasks/work_plan.h"

namespace pghaul::tasks {

Status RetryLoop::run(crew::Worker& worker, const plan::Task& task, const std::stop_token& give_up,
                      const std::function<bool()>& retire) {
  using Clock = std::chrono::steady_clock;
  crew::Backoff backoff(retry_for_);
  bool restarted = false;
  worker.set_repeats(false);
  for (int attempt = 1;; ++attempt) {
    const Clock::time_point start = Clock::now();
    Status done = worker.repeats() ? retry(worker, task, restarted) : execute(worker, task);
    if (done || restarted || give_up.stop_requested() || !crew::may_pass(done.error())) return done;
    if (worker.locked_out() && retire()) {
      reporter_.retires(*worker.locked_out(), done.error());
      return done;
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    const std::optional<std::chrono::milliseconds> wait = backoff.after(done.error(), took);
    if (!wait) return done;
    reporter_.retries(task, done.error(), std::chrono::duration<double>(*wait).count(), attempt);
    worker.reconnect();
    if (!wait_for(*wait, give_up)) return done;
    worker.set_repeats(true);
  }
}

Status RetryLoop::execute(crew::Worker& worker, const plan::Task& task) {
  if (reporter_.was_done_earlier(task)) return {};
  const double start = reporter_.starts(worker.number(), task);
  Status done = executor_.execute(worker, task);
  reporter_.ends(worker.number(), task, start, done.has_value());
  if (!done && done.error().object.empty()) done.error().object = work_.object_of(task);
  return done;
}

/// `restarted`: the target has been, and may have lost what it had committed but not yet written to disk.
/// Then no task may continue before the journal has been read anew.
Status RetryLoop::retry(crew::Worker& worker, const plan::Task& task, bool& restarted) {
  const Result<bool> holds = log_.still_holds(worker);
  if (!holds) return fail(holds.error());
  restarted = !*holds;
  if (restarted)
    return fail(ErrorCode::connection_lost, "the target has restarted, or ended pghaul's sessions");
  const Result<bool> before = was_committed(worker, task);
  if (!before) return fail(before.error());
  if (*before) return {};
  const Status done = execute(worker, task);
  if (done || done.error().code != ErrorCode::server_error) return done;
  // The server may still have been committing, for the session that we had lost, when the journal was read.
  // What that session made is then in the way: an index, or the line in the journal, whose key is unique.
  const Result<bool> meanwhile = was_committed(worker, task);
  return meanwhile && *meanwhile ? Status{} : done;
}

Result<bool> RetryLoop::was_committed(crew::Worker& worker, const plan::Task& task) {
  Result<bool> committed = log_.was_committed(worker, task);
  if (committed && *committed) reporter_.is_done_already(task);
  return committed;
}

}  // namespace pghaul::tasks
