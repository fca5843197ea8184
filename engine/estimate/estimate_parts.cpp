#include "estimate/estimate_parts.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/units.h"
#include "tasks/task_names.h"

namespace pghaul::estimate {
namespace {

constexpr std::size_t kStepsShown = 12;

/// Adds the size on disk of what is copied.
void add_sizes(const catalog::Catalog& source, measure::EstimateReport& estimate) {
  for (const catalog::Relation& relation : source.relations) {
    if (relation.kind != 'r') continue;
    estimate.table_bytes += relation.heap_bytes + relation.toast_bytes;
    estimate.disk_bytes += relation.heap_bytes + relation.toast_bytes + relation.index_bytes;
  }
  estimate.disk_bytes += source.large_objects.bytes;
  estimate.table_bytes += source.large_objects.bytes;
}

/// Adds the longest steps of the chain that decides, in their order.
void add_critical(const tasks::TaskNames& names, const plan::Plan& plan, const plan::CopyForecast& outlook,
                  measure::EstimateReport& estimate) {
  const auto open = std::ranges::find(plan.graph.tasks, plan::TaskKind::open, &plan::Task::kind);
  const std::vector<plan::TaskId> chain = open == plan.graph.tasks.end()
                                              ? outlook.tasks.critical_chain()
                                              : outlook.tasks.critical_chain(open->id);
  for (const plan::TaskId id : chain) {
    const plan::Forecast::Span& span = outlook.tasks.spans[id];
    const plan::Task& task = plan.graph.tasks[id];
    estimate.critical.push_back(
        {phase_of(task.kind), names.describe(task), outlook.tasks_start + span.start, span.end - span.start});
  }
  if (estimate.critical.size() <= kStepsShown) return;
  std::vector<double> lengths;
  for (const auto& step : estimate.critical) lengths.push_back(step.seconds);
  std::ranges::nth_element(lengths, lengths.begin() + kStepsShown, std::greater());
  const double least = lengths[kStepsShown];
  std::erase_if(estimate.critical, [&](const auto& step) { return step.seconds <= least; });
}

/// Adds when each phase is, and when all is done; not the milestones.
void add_phases(const plan::CopyForecast& outlook, measure::EstimateReport& estimate) {
  estimate.seconds = outlook.downtime;
  for (const plan::CopyForecast::Phase& phase : outlook.phases) {
    estimate.phases.push_back({phase.name, phase.start, phase.seconds});
  }
}

/// Returns the bytes of COPY data in all tables, extrapolated from the sampled ones.
std::optional<std::int64_t> stream_bytes(const catalog::Catalog& source, const Calibration& calibration) {
  double streamed = 0;
  double on_disk = 0;
  for (const TableSample& sample : calibration.samples) {
    const catalog::Relation& relation = source.relations[sample.relation];
    const double bytes = static_cast<double>(relation.heap_bytes + relation.toast_bytes);
    const double sampled = (sample.volume.heap_gb + sample.volume.toast_gb) * 1e9;
    if (sampled <= 0) continue;
    streamed += static_cast<double>(sample.stream_bytes) / sampled * bytes;
    on_disk += bytes;
  }
  if (on_disk <= 0) return std::nullopt;
  double all = 0;
  for (const catalog::Relation& relation : source.relations) {
    if (relation.kind == 'r') all += static_cast<double>(relation.heap_bytes + relation.toast_bytes);
  }
  return static_cast<std::int64_t>(streamed / on_disk * all);
}

}  // namespace

void add_measured(const discovery::Discovery& found, const Calibration& calibration,
                  measure::EstimateReport& estimate) {
  estimate.measured = calibration.measured;
  estimate.sampled_tables = calibration.samples.size();
  if (!found.stored) estimate.source_round_trip = found.lines.source.round_trip;
  if (found.target) estimate.target_round_trip = found.lines.target.round_trip;
  const auto bytes_a_second = [](const plan::NetworkPath& line) {
    return line.seconds_per_gb > 0 ? std::optional(kGigabyte / line.seconds_per_gb) : std::nullopt;
  };
  estimate.source_line = bytes_a_second(found.lines.source);
  estimate.target_line = bytes_a_second(found.lines.target);
  estimate.source_cores = calibration.source_cores;
  estimate.target_cores = calibration.target_cores;
  estimate.notes = calibration.notes;
}

void add_simulation(const Simulation& simulation, const plan::Plan& plan, const plan::CopyForecast& outlook,
                    const catalog::Catalog& source, const discovery::Discovery& found,
                    const discovery::Options& options, const Calibration& calibration,
                    measure::EstimateReport& estimate) {
  estimate.jobs = plan.jobs;
  add_phases(outlook, estimate);
  add_sizes(source, estimate);
  estimate.stream_bytes = stream_bytes(source, calibration);
  add_critical({source, found.sections.after_data.size()}, plan, outlook, estimate);
  const plan::Interval interval = simulation.likely(plan);
  estimate.low = std::min(interval.low, estimate.seconds);
  estimate.high = std::max(interval.high, estimate.seconds);
  for (const int jobs : options.jobs_to_compare) {
    const plan::Plan with_jobs = simulation.plan(jobs);
    estimate.by_jobs.push_back({with_jobs.jobs, simulation.outlook(with_jobs).downtime});
  }
  estimate.variants = simulation.variants();
  estimate.window = window_of(options.window, estimate.seconds, estimate.high);
}

std::optional<measure::EstimateReport::Window> window_of(double window, double seconds, double high) {
  if (window <= 0) return std::nullopt;
  return measure::EstimateReport::Window{
      .seconds = window, .fits = high <= window, .likely = seconds <= window};
}

}  // namespace pghaul::estimate
