#include "tasks/try_task.h"

#include "base/wait_for.h"
#include "crew/retry.h"
#include "tasks/finish.h"
#include "tasks/tasks.h"

namespace pghaul::tasks {
namespace {

/// Enters what the journal tells of the task; false: nothing.
Result<bool> is_committed(crew::Worker& worker, Run& run, TaskTelling& telling, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const Result<std::vector<journal::TaskLine>> committed = run.journal->read(**target, task.id);
  if (!committed) return fail(committed.error());
  if (committed->empty()) return false;
  enter(run, task, *committed);
  telling.is_done_already(task);
  return true;
}

/// `restarted`: the target has been, and may have lost what it had committed but not yet written to disk.
/// Then no task may go on before the journal has been read anew.
Status do_again(crew::Worker& worker, Run& run, TaskTelling& telling, const plan::Task& task,
                bool& restarted) {
  if (run.journal == nullptr) return execute(worker, run, telling, task);
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const Result<postgres::Rows> held = (*target)->query(run.target_still_held);
  if (!held) return fail(held.error());
  restarted = !held->boolean(0, 0);
  if (restarted)
    return fail(ErrorCode::connection_lost, "the target has restarted, or ended pghaul's sessions");
  const Result<bool> before = is_committed(worker, run, telling, task);
  if (!before) return fail(before.error());
  if (*before) return {};
  const Status done = execute(worker, run, telling, task);
  if (done || done.error().code != ErrorCode::server_error) return done;
  // The server may have been committing still, for the session that we had lost, when the journal was read.
  // Then what that made stood in our way: an index, or the line in the journal, whose key is unique.
  const Result<bool> meanwhile = is_committed(worker, run, telling, task);
  return meanwhile && *meanwhile ? Status{} : done;
}

}  // namespace

Status try_task(crew::Worker& worker, Run& run, TaskTelling& telling, const plan::Task& task,
                const std::stop_token& give_up, const std::function<bool()>& retire) {
  crew::Backoff backoff(run.retry_for);
  bool restarted = false;
  worker.set_repeats(false);
  for (int attempt = 1;; ++attempt) {
    const double start = run.timeline->now();
    Status done = worker.repeats() ? do_again(worker, run, telling, task, restarted)
                                   : execute(worker, run, telling, task);
    if (done || restarted || give_up.stop_requested() || !crew::may_pass(done.error())) return done;
    if (worker.locked_out() && retire()) {
      telling.retires(*worker.locked_out(), done.error());
      return done;
    }
    const std::optional<std::chrono::milliseconds> wait =
        backoff.after(done.error(), crew::milliseconds_since(*run.timeline, start));
    if (!wait) return done;
    telling.retries(task, done.error(), std::chrono::duration<double>(*wait).count(), attempt);
    worker.start_afresh();
    if (!wait_for(*wait, give_up)) return done;
    worker.set_repeats(true);
  }
}

}  // namespace pghaul::tasks
