#include "job/estimate.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

#include "discovery/discovery.h"
#include "estimate/calibration.h"
#include "estimate/estimate_parts.h"
#include "estimate/follow_forecast.h"
#include "estimate/past_copies.h"
#include "estimate/what_if.h"
#include "job/check_options.h"
#include "job/fill_report.h"
#include "job/refusal_of_findings.h"
#include "job/sync_sample.h"
#include "job/watched_discovery.h"
#include "live/replication_setup.h"
#include "live/session.h"
#include "measure/estimate_report.h"

namespace pghaul::job {
namespace {

constexpr double kShareOfSample = 0.4;  // of the budget, for what a sync would find
constexpr double kLeastSeconds = 2;     // to measure in, however long it took to look at the servers

/// Adds the ratio of earlier copies' times to their forecasts, between the two servers.
void add_past(const discovery::Discovery& found, const discovery::Options& options,
              estimate::Calibration& calibration, measure::EstimateReport& estimate) {
  const std::vector<double> ratios = estimate::past_ratios(found, options).values;
  if (ratios.empty()) return;
  estimate.past_copies = ratios.size();
  const double middle = ratios[ratios.size() / 2];
  std::vector<double> errors;
  for (const double ratio : ratios) errors.push_back(std::abs(1 / ratio - 1));
  std::ranges::sort(errors);
  estimate.past_error = errors[errors.size() / 2];
  // Forecasts of those copies rested on the shipped rates; a measurement is better.
  if (estimate.measured) return;
  estimate.past_factor = middle;
  estimate::multiply(calibration, found.source, middle);
  calibration.doubt = {.overall = ratios.size() >= 3 ? 0.2 : 0.3, .kind = 0.15, .task = 0.2};
}

/// Makes the simulation take as long as the rehearsal took: the uncertainty left is how one copy differs from
/// another, and the scaling from one size to the other.
void follow_rehearsal(double rehearsed, double simulated, double discover, const catalog::Catalog& source,
                      estimate::Calibration& calibration) {
  if (rehearsed <= discover || simulated <= discover) return;
  estimate::multiply(calibration, source, (rehearsed - discover) / (simulated - discover));
  calibration.doubt = {.overall = 0.07, .kind = 0.05, .task = 0.1};
}

void add_milestones(const plan::CopyForecast& outlook, measure::EstimateReport& estimate) {
  for (std::size_t i = 0; i < plan::kMilestones; ++i) {
    estimate.milestones.push_back({milestone_name(static_cast<plan::Milestone>(i)), outlook.milestones[i]});
  }
}

void report_forecast(const discovery::VerbContext& context, const discovery::Discovery& found,
                     estimate::Calibration calibration, const std::optional<estimate::WalSample>& wal,
                     const std::optional<estimate::SyncSample>& changed, double discover, double measuring) {
  const discovery::Options& options = context.options;
  measure::EstimateReport estimate;
  estimate::add_measured(found, calibration, estimate);
  estimate.measuring_seconds = measuring;
  estimate.growth = options.growth;
  add_past(found, options, calibration, estimate);
  const catalog::Catalog source = estimate::grown(found.source, options.growth);
  const estimate::WhatIf first(found, source, calibration, discover);
  const plan::Plan sketch = first.plan(options.jobs);
  if (const std::optional<double> rehearsed = estimate::rehearsed_seconds(found, options, sketch.jobs)) {
    follow_rehearsal(*rehearsed, first.outlook(sketch).downtime, discover, source, calibration);
    estimate.rehearsed_seconds = rehearsed;
  }
  const estimate::WhatIf what_if(found, source, calibration, discover);
  const plan::Plan plan = what_if.plan(options.jobs);
  const plan::CopyForecast outlook = what_if.outlook(plan);
  add_milestones(outlook, estimate);
  estimate::add_simulation(what_if, plan, outlook, source, found, options, calibration, estimate);
  if (wal) estimate.follow = estimate::follow_forecast(*wal, estimate.seconds, options.slot_limit);
  if (changed) {
    estimate.sync = estimate::sync_forecast(*changed, found, calibration, discover);
    estimate.sync->window = estimate::window_of(options.window, estimate.sync->seconds, estimate.sync->high);
  }
  context.report.predicted_seconds = estimate.seconds;
  context.report.jobs = plan.jobs;
  context.report.estimate = std::move(estimate);
}

/// Judges whether changes can be followed, and watches how much the source writes.
Result<estimate::WalSample> look_at_changes(discovery::VerbContext& context, discovery::Discovery& found) {
  Result<std::vector<plan::Finding>> live = live::live_findings(found, context.stop);
  if (!live) return fail(live.error());
  std::ranges::move(*live, std::back_inserter(found.findings));
  Result<postgres::Connection> source =
      live::open_session(*context.ends.source, postgres::Side::source, context.stop);
  if (!source) return fail(source.error());
  return estimate::sample_wal(*source, context.stop);
}

}  // namespace

Status estimate(discovery::VerbContext context) {
  if (context.options.follow) {
    if (Status possible = check_follow(context.options); !possible) return possible;
  }
  std::optional<discovery::Discovery> found;
  const Status looked = discovery::time_phase(context, "discover", [&]() -> Status {
    Result<discovery::Discovery> discovered = discover_watched(context, "estimate");
    if (!discovered) return fail(discovered.error());
    found.emplace(std::move(*discovered));
    return {};
  });
  if (!looked) return looked;
  const double discover = context.timeline.now();
  report_databases(*found, context.report);
  // What would stop a copy, such as rows in the target, does not prevent a forecast.
  std::erase_if(found->findings, [](const plan::Finding& one) {
    return one.code == "target_not_empty" || one.code == "target_larger" || one.code == "target_in_use";
  });
  report_findings(*found, context.report);
  if (Status whole = refusal_of_closed_tables(*found); !whole) return whole;
  std::optional<estimate::WalSample> wal;
  if (context.options.follow) {
    const Status sampled = discovery::time_phase(context, "sample", [&]() -> Status {
      Result<estimate::WalSample> sample = look_at_changes(context, *found);
      if (!sample) return fail(sample.error());
      wal = *sample;
      return {};
    });
    if (!sampled) return sampled;
  }
  std::optional<estimate::SyncSample> changed;
  if (context.options.sync) {
    const Status sampled = time_phase(context, "sample", [&]() -> Status {
      Result<estimate::SyncSample> sample =
          sample_sync(context, *found, discover + context.options.budget * kShareOfSample);
      if (!sample) return fail(sample.error());
      changed = std::move(*sample);
      return {};
    });
    if (!sampled) return sampled;
  }
  report_findings(*found, context.report);
  estimate::Calibration calibration = estimate::shipped(*found);
  const double start = context.timeline.now();
  if (found->target) {
    const Status measured = discovery::time_phase(context, "measure", [&]() -> Status {
      const double budget = std::max(kLeastSeconds, context.options.budget - start);
      Result<estimate::Calibration> result =
          estimate::calibrate(*found, context.options, std::chrono::duration<double>(budget), context.stop);
      if (!result) return fail(result.error());
      calibration = std::move(*result);
      return {};
    });
    if (!measured) return measured;
  }
  if (found->source_hold) found->source_hold->release();
  report_forecast(context, *found, std::move(calibration), wal, changed, discover,
                  context.timeline.now() - start);
  return {};
}

}  // namespace pghaul::job
