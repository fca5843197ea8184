#pragma once

#include <vector>

#include "discovery/discovery.h"
#include "measure/events.h"
#include "measure/report.h"
#include "tasks/results.h"

/// From what a verb knows to what its report says.
namespace pghaul::job {

void report_databases(const discovery::Discovery& found, measure::Report& report);
/// The same, and what there is to do, as an event.
void tell_job(const discovery::Discovery& found, measure::Events& events);
void report_findings(const discovery::Discovery& found, measure::Report& report);
/// Tables, indexes, large objects and verification: what was done, also after a failure.
void report_work(const tasks::WorkPlan& work, const tasks::Results& results, measure::Report& report);
/// Whose statistics were carried over, once all tables have theirs.
void report_statistics(const tasks::WorkPlan& work, const tasks::Results& results, measure::Report& report);
/// When what was reached.
void report_milestones(const tasks::Results& results, measure::Report& report);
/// When the application was let in. `missing`: what the target lacks still.
void report_opening(const tasks::Opening& opening, std::vector<measure::Report::Missing> missing,
                    measure::Report& report);
/// What would be done.
void report_plan(const discovery::Discovery& found, measure::Report& report);

}  // namespace pghaul::job
