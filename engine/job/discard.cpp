#include "job/discard.h"

#include "discovery/discovery.h"
#include "job/crew_options.h"
#include "job/fill_report.h"
#include "measure/progress.h"
#include "plan/forecast.h"
#include "plan/verify_plan.h"
#include "tasks/compare_executor.h"
#include "tasks/make_row_source.h"
#include "tasks/results.h"
#include "tasks/run_tasks.h"

namespace pghaul::job {

Status discard(Telling telling) {
  discovery::Discovery found;
  const Status looked = in_phase(telling, "discover", [&]() -> Status {
    Result<discovery::Discovery> discovered =
        discovery::discover(telling.options, {.source = telling.ends.source}, telling.stop);
    if (!discovered) return fail(discovered.error());
    found = std::move(*discovered);
    return {};
  });
  if (!looked) return looked;
  if (!found.archive) {
    return fail(ErrorCode::refused, "the source can't be read: " + found.findings.front().message,
                found.findings.front().hint);
  }
  found.plan = plan::make_read_plan(found.source, found.plan_options);
  found.predicted_seconds =
      plan::forecast(found.plan.graph, found.plan.jobs, found.plan_options.machines).seconds;
  report_databases(found, telling.report);
  report_findings(found, telling.report);
  telling.report.predicted_seconds = telling.timeline.now() + found.predicted_seconds;
  tell_job(found, telling.events);

  measure::Progress progress;
  const tasks::WorkPlan work(found.source, found.plan, verify::Mode::checksums);  // rows, not their number
  tasks::Results results(work);
  const auto rows = tasks::make_row_source(found, work, results, progress);
  tasks::LedgerOnly log(work, results, progress);
  tasks::CompareExecutor executor(work, *rows, results.target, log);
  const crew::Worker::Ends ends{found.source_string, {}, found.source.server.encoding, telling.stop};
  const double start = telling.timeline.now();
  const Status read = told_as(telling, "read", [&] {
    return tasks::run_tasks(work, executor, log, results, crew_options(telling, found.plan.jobs, ends),
                            {.progress = progress, .timeline = telling.timeline, .events = telling.events},
                            [&] { found.source_hold.reset(); });
  });
  report_work(work, results, telling.report);
  telling.report.read = measure::Report::Read{progress.bytes.value(), telling.timeline.now() - start};
  return read;
}

}  // namespace pghaul::job
