#include "job/discard.h"

#include "discovery/discovery.h"
#include "job/fill_report.h"
#include "job/refusal_of_findings.h"
#include "job/watched_discovery.h"
#include "measure/progress.h"
#include "plan/forecast.h"
#include "plan/verify_plan.h"
#include "tasks/compare_executor.h"
#include "tasks/crew_options.h"
#include "tasks/make_row_source.h"
#include "tasks/results.h"
#include "tasks/run_tasks.h"

namespace pghaul::job {

Status discard(discovery::VerbContext context) {
  discovery::Discovery found;
  const Status looked = discovery::time_phase(context, "discover", [&]() -> Status {
    const discovery::Endpoints source_only{.source = context.ends.source, .target = {}};
    Result<discovery::Discovery> discovered = discover_watched(
        {context.options, source_only, context.stop, context.timeline, context.events, context.report},
        "read");
    if (!discovered) return fail(discovered.error());
    found = std::move(*discovered);
    return {};
  });
  if (!looked) return looked;
  if (const Status whole = refusal_of_closed_tables(found); !whole) return whole;
  found.plan = plan::make_read_plan(found.source, found.plan_options);
  found.predicted_seconds =
      plan::forecast(found.plan.graph, found.plan.jobs, found.plan_options.machines).seconds;
  report_databases(found, context.report);
  report_findings(found, context.report);
  context.report.predicted_seconds = context.timeline.now() + found.predicted_seconds;
  announce_job(found, context.events);

  measure::Progress progress;
  const tasks::WorkPlan work(found.source, found.plan, verify::Mode::checksums);  // rows, not their number
  tasks::Results results(work);
  const auto rows = tasks::make_row_source(found, work, results, progress);
  tasks::LedgerOnly log(work, results, progress);
  tasks::CompareExecutor executor(work, *rows, results.target, log);
  const crew::Worker::Endpoints ends{found.source_string, {}, found.source.server.encoding, context.stop};
  const double start = context.timeline.now();
  const Status read = discovery::announce_phase(context, "read", [&] {
    return tasks::run_tasks(work, executor, log, results, tasks::crew_options(context, found.plan.jobs, ends),
                            {.progress = progress, .timeline = context.timeline, .events = context.events},
                            [&] { found.source_hold.reset(); });
  });
  report_work(work, results, context.report);
  context.report.read = measure::Report::Read{progress.bytes.value(), context.timeline.now() - start};
  return read;
}

}  // namespace pghaul::job
