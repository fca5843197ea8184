#include "job/estimate_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "archive/catalog_json.h"
#include "base/units.h"
#include "discovery/archive_discovery.h"
#include "discovery/discovery.h"
#include "estimate/archive_calibration.h"
#include "estimate/archive_size.h"
#include "estimate/estimate_parts.h"
#include "estimate/what_if.h"
#include "job/fill_report.h"
#include "job/refusal_of_findings.h"
#include "job/watched_discovery.h"
#include "measure/estimate_report.h"
#include "plan/archive_plan.h"
#include "plan/interval.h"

namespace pghaul::job {
namespace {

constexpr double kLeastSeconds = 2;  // to measure in, however long it took to look at the source
constexpr double kFixedSyncs =
    8;  // schema, catalog, manifest, each with its folder, and the folders at the end
constexpr double kWorthSaying = 0.02;  // of the whole

/// Simulates the plan of the archive.
class ArchiveSimulation final : public estimate::Simulation {
 public:
  ArchiveSimulation(const discovery::Discovery& found, const catalog::Catalog& source,
                    const estimate::ArchiveCalibration& measured, double discover, std::int64_t bytes)
      : source_(source),
        measured_(measured),
        options_(found.plan_options),
        bytes_(static_cast<double>(bytes)) {
    surroundings_.discover = discover;
    options_.rates = measured.common.rates;
    options_.factors = measured.common.factors;
  }

  [[nodiscard]] plan::Plan plan(int jobs) const override {
    plan::PlanOptions options = options_;
    options.jobs = jobs;
    return plan::make_archive_plan(source_, options);
  }

  [[nodiscard]] plan::CopyForecast outlook(const plan::Plan& plan) const override {
    return plan::look_ahead(plan, rates_of(plan), surroundings_, measured_.common.machines);
  }

  [[nodiscard]] plan::Interval likely(const plan::Plan& plan) const override {
    return plan::likely_seconds(plan, rates_of(plan), surroundings_, measured_.common.machines,
                                measured_.common.doubt);
  }

  /// Returns rates with what is left to flush when the last task ends: files are flushed as they are
  /// finished.
  [[nodiscard]] plan::Rates rates_of(const plan::Plan& plan) const {
    plan::Rates rates = options_.rates;
    rates.at_the_end = 0;
    if (!measured_.disk) return rates;
    double files = 0;
    for (const plan::Task& task : plan.graph.tasks) {
      if (task.kind == plan::TaskKind::copy) files += static_cast<double>(task.objects.size());
      if (task.kind == plan::TaskKind::large_objects) files += 2;
    }
    const double meanwhile =
        plan::look_ahead(plan, rates, surroundings_, measured_.common.machines).tasks.seconds;
    const double to_disk = bytes_ / kGigabyte * measured_.disk->disk_gb;
    rates.at_the_end = (files + kFixedSyncs) * measured_.disk->sync_file + std::max(0.0, to_disk - meanwhile);
    return rates;
  }

  [[nodiscard]] std::vector<measure::EstimateReport::Variant> variants() const override {
    const plan::Plan now = plan(options_.jobs);
    const double takes = outlook(now).downtime;
    std::vector<measure::EstimateReport::Variant> all;
    for (const int jobs : {2 * now.jobs, 4 * now.jobs}) {
      const plan::Plan more = plan(jobs);
      if (more.jobs == jobs) all.push_back({fmt::format("--jobs {}", jobs), outlook(more).downtime, true});
    }
    if (options_.read_back) {
      plan::PlanOptions unread = options_;
      unread.read_back = false;
      all.push_back({"--verify none: what was written is not read again",
                     outlook(plan::make_archive_plan(source_, unread)).downtime, true});
    }
    std::erase_if(all, [&](const auto& one) { return one.seconds > takes * (1 - kWorthSaying); });
    std::ranges::stable_sort(all, {}, &measure::EstimateReport::Variant::seconds);
    return all;
  }

 private:
  const catalog::Catalog& source_;
  const estimate::ArchiveCalibration& measured_;
  plan::PlanOptions options_;
  plan::OutsideTasks surroundings_;
  double bytes_;
};

/// Returns the size of the archive, with what it holds besides rows. Nothing: not enough was measured.
std::optional<std::int64_t> bytes_of_archive(const discovery::Discovery& found,
                                             const catalog::Catalog& source,
                                             const estimate::ArchiveCalibration& measured) {
  const std::optional<std::int64_t> rows = estimate::stored_bytes(source, measured.common.samples);
  const catalog::LargeObjects& objects = source.large_objects;
  const estimate::StoreSampler::Objects& sample = measured.large_objects;
  if (!rows || (objects.count > 0 && sample.bytes == 0)) return std::nullopt;
  std::int64_t all = *rows;
  if (objects.count > 0) {
    all += static_cast<std::int64_t>(static_cast<double>(objects.bytes) *
                                     static_cast<double>(sample.stored_bytes) /
                                     static_cast<double>(sample.bytes));
  }
  const Result<std::string> schema = found.archive->content();
  if (schema) all += static_cast<std::int64_t>(schema->size());
  return all + static_cast<std::int64_t>(archive::catalog_as_json(source).size());
}

/// Reports whether there is room; as a finding, where there isn't.
void check_room(measure::EstimateReport::Archive& archive, const std::string& folder,
                const discovery::VerbContext& context, discovery::Discovery& found) {
  if (!archive.bytes || !archive.free_bytes) return;
  archive.fits = estimate::has_room(*archive.free_bytes, *archive.bytes);
  if (archive.fits) return;
  constexpr double kMegabyte = 1e6;
  plan::Finding finding{
      plan::Finding::Severity::warning, "archive_room", folder,
      fmt::format("the archive needs about {:.0f} MB, and {:.0f} MB are free where it would be",
                  static_cast<double>(*archive.bytes) / kMegabyte,
                  static_cast<double>(*archive.free_bytes) / kMegabyte),
      "give a folder on a larger disk, or pack it more by --compress"};
  context.events.warning(finding.message, finding.hint, finding.object);
  found.findings.push_back(std::move(finding));
  report_findings(found, context.report);
}

void report_forecast(const discovery::VerbContext& context, discovery::Discovery& found,
                     const std::string& folder, const estimate::ArchiveCalibration& measured, double discover,
                     double measuring) {
  const discovery::Options& options = context.options;
  const catalog::Catalog source = estimate::grown(found.source, options.growth);
  measure::EstimateReport estimate;
  estimate::add_measured(found, measured.common, estimate);
  estimate.measuring_seconds = measuring;
  estimate.growth = options.growth;
  const std::optional<std::int64_t> bytes = bytes_of_archive(found, source, measured);
  const ArchiveSimulation simulation(found, source, measured, discover, bytes.value_or(0));
  const plan::Plan plan = simulation.plan(options.jobs);
  const plan::CopyForecast outlook = simulation.outlook(plan);
  estimate::add_simulation(simulation, plan, outlook, source, found, options, measured.common, estimate);
  const double flushing = simulation.rates_of(plan).at_the_end;
  if (flushing > 0) estimate.phases.push_back({"flush", outlook.seconds - flushing, flushing});
  estimate.archive.emplace().bytes = bytes;
  if (const Result<std::int64_t> free = estimate::free_bytes_at(folder)) estimate.archive->free_bytes = *free;
  check_room(*estimate.archive, folder, context, found);
  context.report.predicted_seconds = estimate.seconds;
  context.report.jobs = plan.jobs;
  context.report.estimate = std::move(estimate);
}

}  // namespace

Status estimate_archive(discovery::VerbContext context, const std::string& folder) {
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
  context.report.target = measure::Report::Database{.description = "archive " + folder};
  report_findings(*found, context.report);
  if (const Status whole = refusal_of_closed_tables(*found); !whole) return whole;
  discovery::plan_archive(*found);
  const double start = context.timeline.now();
  estimate::ArchiveCalibration measured;
  const Status tried = discovery::time_phase(context, "measure", [&]() -> Status {
    const double budget = std::max(kLeastSeconds, context.options.budget - start);
    Result<estimate::ArchiveCalibration> result = estimate::calibrate_archive(
        *found, context.options, folder, std::chrono::duration<double>(budget), context.stop);
    if (!result) return fail(result.error());
    measured = std::move(*result);
    return {};
  });
  if (!tried) return tried;
  if (found->source_hold) found->source_hold->release();
  report_forecast(context, *found, folder, measured, discover, context.timeline.now() - start);
  return {};
}

}  // namespace pghaul::job
