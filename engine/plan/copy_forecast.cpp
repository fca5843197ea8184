#include "plan/copy_forecast.h"

#include <algorithm>

namespace pghaul::plan {
namespace {

void extend(std::vector<CopyForecast::Phase>& phases, const char* name, double start, double end) {
  const auto found = std::ranges::find(phases, name, &CopyForecast::Phase::name);
  if (found == phases.end()) {
    phases.push_back({name, start, end - start});
    return;
  }
  const double last = std::max(found->start + found->seconds, end);
  found->start = std::min(found->start, start);
  found->seconds = last - found->start;
}

/// Predicts the time of several pg_restore, each of which keeps a bit more than a core busy.
double side_by_side_seconds(const Plan& plan, const Rates& rates, const OutsideTasks& surroundings,
                            const Machines& machines) {
  const int sessions = std::min(plan.jobs, surroundings.sessions);
  const double at_once = std::min<double>(sessions, machines.cores_of(Party::target));
  return restore_seconds(surroundings.side_by_side / std::max(1.0, at_once), rates);
}

}  // namespace

CopyForecast look_ahead(const Plan& plan, const Rates& rates, const OutsideTasks& surroundings,
                        const Machines& machines) {
  CopyForecast outlook;
  outlook.tasks_start = surroundings.discover + restore_seconds(surroundings.before_data, rates) +
                        side_by_side_seconds(plan, rates, surroundings, machines);
  extend(outlook.phases, "discover", 0, surroundings.discover);
  extend(outlook.phases, "pre-data", surroundings.discover, outlook.tasks_start);
  outlook.tasks = forecast(plan.graph, plan.jobs, machines);
  outlook.milestones.fill(outlook.tasks_start);
  for (TaskId id = 0; id < plan.graph.tasks.size(); ++id) {
    const Task& task = plan.graph.tasks[id];
    const double start = outlook.tasks_start + outlook.tasks.spans[id].start;
    const double end = outlook.tasks_start + outlook.tasks.spans[id].end;
    extend(outlook.phases, phase_of(task.kind), start, end);
    double& reached = outlook.milestones[static_cast<std::size_t>(task.milestone)];
    reached = std::max(reached, end);
    if (task.kind == TaskKind::open) outlook.downtime = end;
  }
  outlook.seconds = outlook.tasks_start + outlook.tasks.seconds + ending_seconds(rates) +
                    restore_seconds(surroundings.at_the_end, rates);
  if (outlook.downtime == 0) outlook.downtime = outlook.seconds;
  outlook.milestones.back() = outlook.seconds;
  for (std::size_t i = 1; i < kMilestones; ++i) {
    outlook.milestones[i] = std::max(outlook.milestones[i], outlook.milestones[i - 1]);
  }
  std::ranges::stable_sort(outlook.phases, {}, &CopyForecast::Phase::start);
  return outlook;
}

}  // namespace pghaul::plan
