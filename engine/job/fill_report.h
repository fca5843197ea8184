#pragma once

#include <optional>
#include <vector>

#include "discovery/discovery.h"
#include "measure/events.h"
#include "measure/report.h"
#include "tasks/results.h"

/// Fills a verb's report with what it knows.
namespace pghaul::job {

/// Describes a database that this session is connected to.
[[nodiscard]] measure::Report::Database described(const catalog::Server& server,
                                                  const postgres::Connection& connection);
void report_databases(const discovery::Discovery& found, measure::Report& report);
/// Emits the description of the run as an event.
void announce_job(const discovery::Discovery& found, measure::Events& events);
/// Does so for a copy that is `elapsed` seconds old, with its report's forecast.
void announce_copy(const discovery::Discovery& found, const measure::Report& report, double elapsed,
                   measure::Events& events);
/// Reports how long the whole copy takes, by the shipped rates and by what earlier copies took. `elapsed`:
/// seconds since it began; `slowdown`: estimate::probe_slowdown().
void report_forecast(const discovery::Discovery& found, const discovery::Options& options, double elapsed,
                     std::optional<double> slowdown, measure::Report& report);
void report_findings(const discovery::Discovery& found, measure::Report& report);
/// Reports tables, indexes, large objects and verification, also after a failure.
void report_work(const tasks::WorkPlan& work, const tasks::Results& results, measure::Report& report);
/// Reports how many tables' statistics were carried, once all tables have theirs.
void report_statistics(const tasks::WorkPlan& work, const tasks::Results& results, measure::Report& report);
/// Reports when each milestone was reached.
void report_milestones(const tasks::Results& results, measure::Report& report);
/// Reports when the application was let in. `missing`: what the target still lacks.
void report_opening(const tasks::Opening& opening, std::vector<measure::Report::Missing> missing,
                    measure::Report& report);
/// Reports what would be done.
void report_plan(const discovery::Discovery& found, measure::Report& report);

}  // namespace pghaul::job
