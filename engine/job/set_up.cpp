#include "job/set_up.h"

namespace pghaul::job {

void set_up(tasks::Run& run, const discovery::Discovery& found, const Telling& telling,
            verify::Ledger& ledger, tasks::Omissions& omissions, measure::Progress& progress) {
  run.source = &found.source;
  run.plan = &found.plan;
  run.table_plans.assign(found.source.relations.size(), nullptr);
  for (const plan::TablePlan& table : found.plan.tables) run.table_plans[table.relation] = &table;
  run.computed_plans.assign(found.source.relations.size(), nullptr);
  for (const plan::TablePlan& computed : found.plan.computed)
    run.computed_plans[computed.relation] = &computed;
  run.frozen.assign(found.source.relations.size(), 0);
  run.carried.assign(found.source.relations.size(), 0);
  if (found.source_hold) run.snapshot = found.source_hold->snapshot();
  if (found.stored) run.stored = &*found.stored;
  run.verify = telling.options.verify;
  run.workers = found.plan.jobs;
  run.stall_after = telling.options.stall_after;
  run.retry_for = telling.options.retry_for;
  run.stop = telling.stop;
  run.ledger = &ledger;
  run.omissions = &omissions;
  run.progress = &progress;
  run.timeline = &telling.timeline;
}

}  // namespace pghaul::job
