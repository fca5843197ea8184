#include "plan/outlook.h"

#include <algorithm>

namespace pghaul::plan {
namespace {

void extend(std::vector<Outlook::Phase>& phases, const char* name, double start, double end) {
  const auto found = std::ranges::find(phases, name, &Outlook::Phase::name);
  if (found == phases.end()) {
    phases.push_back({name, start, end - start});
    return;
  }
  const double last = std::max(found->start + found->seconds, end);
  found->start = std::min(found->start, start);
  found->seconds = last - found->start;
}

}  // namespace

const char* milestone_name(Milestone milestone) noexcept {
  switch (milestone) {
    case Milestone::data:
      return "data";
    case Milestone::indexes:
      return "indexes";
    case Milestone::constraints:
      return "constraints";
    case Milestone::verified:
      return "verified";
  }
  return "unknown";
}

Milestone milestone_of(TaskKind kind) noexcept {
  switch (kind) {
    case TaskKind::copy:
    case TaskKind::large_objects:
    case TaskKind::sequences:
      return Milestone::data;
    case TaskKind::index:
    case TaskKind::attach_indexes:
      return Milestone::indexes;
    case TaskKind::keys:
    case TaskKind::foreign_key:
    case TaskKind::validate:
    case TaskKind::post_data:
    case TaskKind::refresh:
      return Milestone::constraints;
    default:
      return Milestone::verified;
  }
}

Outlook look_ahead(const Plan& plan, const Rates& rates, const Surroundings& surroundings,
                   const Machines& machines) {
  Outlook outlook;
  outlook.tasks_start = surroundings.discover + restore_seconds(surroundings.before_data, rates);
  extend(outlook.phases, "discover", 0, surroundings.discover);
  extend(outlook.phases, "pre-data", surroundings.discover, outlook.tasks_start);
  outlook.tasks = forecast(plan.graph, plan.jobs, machines);
  outlook.milestones.fill(outlook.tasks_start);
  for (TaskId id = 0; id < plan.graph.tasks.size(); ++id) {
    const TaskKind kind = plan.graph.tasks[id].kind;
    const double start = outlook.tasks_start + outlook.tasks.spans[id].start;
    const double end = outlook.tasks_start + outlook.tasks.spans[id].end;
    extend(outlook.phases, phase_of(kind), start, end);
    double& reached = outlook.milestones[static_cast<std::size_t>(milestone_of(kind))];
    reached = std::max(reached, end);
  }
  outlook.seconds = outlook.tasks_start + outlook.tasks.seconds + rates.at_the_end +
                    restore_seconds(surroundings.at_the_end, rates);
  outlook.milestones.back() = outlook.seconds;
  for (std::size_t i = 1; i < kMilestones; ++i) {
    outlook.milestones[i] = std::max(outlook.milestones[i], outlook.milestones[i - 1]);
  }
  std::ranges::stable_sort(outlook.phases, {}, &Outlook::Phase::start);
  return outlook;
}

}  // namespace pghaul::plan
