#include <algorithm>

#include "postgres/session_settings.h"
#include "postgres/transaction.h"
#include "tasks/finish.h"
#include "tasks/tasks.h"

namespace pghaul::tasks {
namespace {

/// Otherwise all has been read back, and a state that is held would only make CREATE INDEX CONCURRENTLY wait.
bool reads_back_later(const Run& run) {
  return std::ranges::find(run.plan->graph.tasks, plan::TaskKind::let_go, &plan::Task::kind) !=
         run.plan->graph.tasks.end();
}

}  // namespace

/// What was committed so far has to be on disk before anybody relies on it, as what he writes will be.
Status open_target(crew::Worker& worker, Run& run, const plan::Task& task) {
  if (const Status prepared = run.opening.prepare(run.resumed || worker.repeats()); !prepared)
    return prepared;
  if (run.verify != verify::Mode::none && reads_back_later(run)) {
    Result<discovery::SourceHold> hold =
        discovery::SourceHold::open(run.target, postgres::Side::target, {}, run.stop);
    if (!hold) return fail(hold.error());
    run.opening.hold.emplace(std::move(*hold));
    run.target_snapshot = run.opening.hold->snapshot();
  }
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  postgres::Transaction opening = postgres::Transaction::begin(**target);
  const Status durable = (*target)->execute(postgres::kCommitAsConfigured);
  if (!durable) return durable;
  std::vector<journal::TaskLine> sizes;
  for (const catalog::Place place : task.objects) {
    const Result<std::uint32_t> pages = pages_of(**target, run.relation(place));
    if (!pages) return fail(pages.error());
    sizes.push_back({place, {.rows = *pages}, 0});
  }
  if (const Status entered = run.journal->enter(**target, journal::Journal::Stage::opened); !entered)
    return entered;
  if (const Status opened = commit(run, task, opening, sizes); !opened) return opened;
  // A wait for a standby that was cancelled is no failure to the server.
  if (run.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  run.opening.seconds = run.timeline->now();
  return {};
}

Status let_go_of_opening(crew::Worker& worker, Run& run, const plan::Task& task) {
  run.opening.hold.reset();
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  return record(run, task, **target, {});
}

}  // namespace pghaul::tasks
