#include "estimate/what_if.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pghaul::estimate {
namespace {

// Rules of thumb, for what can't be tried without changing a server's settings. Measured once with PostgreSQL
// 15: 8 kB documents took 7.7 s with lz4 where pglz took 11.7; a load without WAL 2.8 s instead of 4.9.
constexpr double kLz4 = 0.6;              // factor for the time of TOAST
constexpr double kCopyMinimalWal = 0.75;  // factor for a lane, whose source and client stay as they are
constexpr double kIndexMinimalWal = 0.9;  // factor for an index
constexpr double kWorthSaying = 0.02;     // fraction of the whole
constexpr int kMostJobs = 64;

std::int64_t times(std::int64_t bytes, double growth) {
  return static_cast<std::int64_t>(std::llround(static_cast<double>(bytes) * growth));
}

std::string setting(const catalog::Server& server, const char* name) {
  const auto found = server.settings.find(name);
  return found == server.settings.end() ? "" : found->second;
}

void scale(std::vector<double>& factors, std::size_t size, double by) {
  factors.resize(size, 1);
  for (double& factor : factors) factor *= by;
}

}  // namespace

WhatIf::WhatIf(const discovery::Discovery& found, const catalog::Catalog& source,
               const Calibration& calibration, double discover)
    : found_(found),
      source_(source),
      calibration_(calibration),
      surroundings_(found.surroundings),
      options_(found.plan_options) {
  surroundings_.discover = discover;
  options_.rates = calibration.rates;
  options_.factors = calibration.factors;
}

plan::Plan WhatIf::plan(int jobs) const {
  plan::PlanOptions options = options_;
  options.jobs = jobs;
  return made(std::move(options));
}

/// Makes a plan as a copy would: by the shipped rates, since it has measured nothing, it decides whether it
/// splits tables, and how many workers it has if that is not given.
plan::Plan WhatIf::made(plan::PlanOptions options) const {
  const catalog::Server* const target = found_.target ? &*found_.target : nullptr;
  plan::PlanOptions of_the_copy = options;
  of_the_copy.rates = found_.plan_options.rates;
  of_the_copy.factors = {};
  const plan::Plan copy = plan::make_plan(source_, target, of_the_copy);
  options.decided_split = copy.split;
  if (options.jobs == 0) options.decided_jobs = copy.jobs;
  return plan::make_plan(source_, target, options);
}

plan::CopyForecast WhatIf::outlook(const plan::Plan& plan) const {
  return plan::look_ahead(plan, calibration_.rates, surroundings_, calibration_.machines);
}

plan::Interval WhatIf::likely(const plan::Plan& plan) const {
  return plan::likely_seconds(plan, calibration_.rates, surroundings_, calibration_.machines,
                              calibration_.doubt);
}

double WhatIf::seconds(const plan::PlanOptions& options, const plan::Machines& machines) const {
  return plan::look_ahead(made(options), options.rates, surroundings_, machines).downtime;
}

double WhatIf::opened_after(plan::Milestone milestone) const {
  plan::PlanOptions options = options_;
  options.open_after = milestone;
  return seconds(options, calibration_.machines);
}

std::string WhatIf::left_for_later(plan::Milestone open_after) const {
  using plan::Milestone;
  std::vector<const catalog::IndexInfo*> indexes;
  for (const catalog::IndexInfo& index : source_.indexes) {
    const Milestone stands = index.guards() ? Milestone::keys : Milestone::indexes;
    if (stands > open_after) indexes.push_back(&index);
  }
  const auto keys = std::ranges::count(source_.constraints, 'f', &catalog::Constraint::kind);
  std::string later;
  if (!indexes.empty()) {
    const auto largest = std::ranges::max_element(indexes, {}, [](const auto* one) { return one->bytes; });
    later = "index " + (*largest)->name.name;
    if (indexes.size() > 1) later += fmt::format(" and {} more", indexes.size() - 1);
  }
  if (keys > 0 && open_after < Milestone::constraints) {
    later += fmt::format("{}{} foreign {}", later.empty() ? "" : ", ", keys, keys == 1 ? "key" : "keys");
  }
  return later.empty() ? later : ": " + later + " after it";
}

bool WhatIf::compresses_with_pglz() const {
  if (!found_.target || found_.target->version < 140000) return false;
  return setting(*found_.target, "default_toast_compression") == "pglz";
}

plan::PlanOptions WhatIf::with_lz4() const {
  plan::PlanOptions options = options_;
  options.factors.copy.resize(source_.relations.size(), 1);
  for (catalog::Place place = 0; place < source_.relations.size(); ++place) {
    plan::Volume volume = plan::volume_of(source_.relations[place]);
    const double before = copy_seconds(volume, true, options.rates);
    volume.toast_gb *= kLz4;
    options.factors.copy[place] *= copy_seconds(volume, true, options.rates) / before;
  }
  return options;
}

plan::PlanOptions WhatIf::with_minimal_wal() const {
  plan::PlanOptions options = options_;
  scale(options.factors.copy, source_.relations.size(), kCopyMinimalWal);
  scale(options.factors.index, source_.indexes.size(), kIndexMinimalWal);
  return options;
}

std::vector<measure::EstimateReport::Variant> WhatIf::variants() const {
  const plan::Machines& machines = calibration_.machines;
  const plan::Plan now = plan(options_.jobs);
  const double takes = outlook(now).downtime;
  std::vector<measure::EstimateReport::Variant> all;
  for (const int jobs : {2 * now.jobs, 4 * now.jobs}) {
    if (jobs > kMostJobs) continue;
    const plan::Plan more = plan(jobs);
    if (more.jobs == jobs) all.push_back({fmt::format("--jobs {}", jobs), outlook(more).downtime, true});
  }
  if (options_.read_back) {
    plan::PlanOptions unread = options_;
    unread.read_back = false;
    all.push_back({"--verify none: the copy is not read back", seconds(unread, machines), true});
  }
  for (auto earlier = static_cast<std::size_t>(options_.open_after); earlier-- > 0;) {
    const auto milestone = static_cast<plan::Milestone>(earlier);
    all.push_back({fmt::format("--open-after {}{}", milestone_name(milestone), left_for_later(milestone)),
                   opened_after(milestone), true});
  }
  if (compresses_with_pglz()) {
    all.push_back({"--toast-compression lz4", seconds(with_lz4(), machines), false});
  }
  if (found_.target && setting(*found_.target, "wal_level") != "minimal") {
    all.push_back({"wal_level = minimal on the target while it is copied",
                   seconds(with_minimal_wal(), machines), false});
  }
  plan::Machines larger = machines;
  larger.cores_of(plan::Party::target) *= 2;
  plan::PlanOptions doubled = options_;
  doubled.machines = larger;
  doubled.jobs = std::min(kMostJobs, 2 * now.jobs);
  all.push_back({machines.shared(plan::Party::source, plan::Party::target)
                     ? fmt::format("twice the cores for both servers, and --jobs {}", doubled.jobs)
                     : fmt::format("a target with twice the cores, and --jobs {}", doubled.jobs),
                 seconds(doubled, larger), true});
  std::erase_if(all, [&](const auto& one) { return one.seconds > takes * (1 - kWorthSaying); });
  std::ranges::stable_sort(all, {}, &measure::EstimateReport::Variant::seconds);
  return all;
}

catalog::Catalog grown(catalog::Catalog source, double growth) {
  if (growth == 1) return source;
  for (catalog::Relation& relation : source.relations) {
    relation.heap_pages = static_cast<std::uint32_t>(
        std::min(4294967294.0, std::ceil(static_cast<double>(relation.heap_pages) * growth)));
    relation.heap_bytes = times(relation.heap_bytes, growth);
    relation.toast_bytes = times(relation.toast_bytes, growth);
    relation.index_bytes = times(relation.index_bytes, growth);
    if (relation.estimated_rows > 0) relation.estimated_rows *= growth;
  }
  for (catalog::IndexInfo& index : source.indexes) index.bytes = times(index.bytes, growth);
  source.large_objects.bytes = times(source.large_objects.bytes, growth);
  source.large_objects.count = times(source.large_objects.count, growth);
  return source;
}

}  // namespace pghaul::estimate
