#include "tasks/open_task.h"

#include <algorithm>
#include <utility>

#include "crew/worker.h"
#include "measure/timeline.h"
#include "postgres/session_settings.h"
#include "postgres/transaction.h"
#include "tasks/read_digest.h"
#include "tasks/results.h"
#include "tasks/target_task_log.h"

namespace pghaul::tasks {
namespace {

Status hold_state(Opener& opener, TargetState& state) {
  Result<discovery::SourceHold> hold =
      discovery::SourceHold::open(opener.target, postgres::Side::target, {}, opener.stop);
  if (!hold) return fail(hold.error());
  opener.hold.emplace(std::move(*hold));
  state.snapshot = opener.hold->snapshot();
  return {};
}

}  // namespace

bool reads_back_later(const WorkPlan& work) {
  return std::ranges::find(work.tasks(), plan::TaskKind::release_opening, &plan::Task::kind) !=
         work.tasks().end();
}

Status open_target(crew::Worker& worker, const WorkPlan& work, Opener& opener, bool again, TargetTaskLog& log,
                   Results& results, const plan::Task& task) {
  if (const Status prepared = opener.prepare(again); !prepared) return prepared;
  if (work.verify() != verify::Mode::none && reads_back_later(work)) {
    if (const Status held = hold_state(opener, results.target); !held) return held;
  }
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  postgres::Transaction opening = postgres::Transaction::begin(**target);
  const Status durable = (*target)->execute(postgres::kCommitAsConfigured);
  if (!durable) return durable;
  journal::DoneEntries sizes;
  for (const catalog::Place place : task.objects) {
    const Result<std::uint32_t> pages = pages_of(**target, work.relation(place));
    if (!pages) return fail(pages.error());
    sizes.push_back({place, {.rows = *pages}, 0});
  }
  if (const Status entered = log.enter_opening(**target); !entered) return entered;
  if (const Status opened = log.commit_task(task, opening, sizes); !opened) return opened;
  // The server reports no failure when a wait for a standby was cancelled.
  if (opener.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  results.opening.seconds = opener.timeline.now();
  return {};
}

Status release_opening(crew::Worker& worker, Opener& opener, TargetTaskLog& log, const plan::Task& task) {
  opener.hold.reset();
  return log.journal_done(worker, task, {});
}

}  // namespace pghaul::tasks
