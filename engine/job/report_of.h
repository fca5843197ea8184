#pragma once

#include "discovery/discovery.h"
#include "measure/events.h"
#include "measure/report.h"
#include "tasks/run.h"

/// From what a verb knows to what its report says.
namespace pghaul::job {

void report_databases(const discovery::Discovery& found, measure::Report& report);
/// The same, and what there is to do, as an event.
void tell_job(const discovery::Discovery& found, measure::Events& events);
void report_findings(const discovery::Discovery& found, measure::Report& report);
/// Tables, indexes, large objects and verification: what was done, also after a failure.
void report_work(const discovery::Discovery& found, const tasks::Run& run, measure::Report& report);
/// Whose statistics were carried over, once all tables have theirs.
void report_statistics(const tasks::Run& run, measure::Report& report);
/// When what was reached. `complete`: nothing of the copy is left to do.
void report_milestones(const tasks::Run& run, bool complete, measure::Report& report);
/// What would be done.
void report_plan(const discovery::Discovery& found, measure::Report& report);

}  // namespace pghaul::job
