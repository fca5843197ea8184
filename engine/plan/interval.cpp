#include "plan/interval.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace pghaul::plan {
namespace {

constexpr std::size_t kMostRuns = 200;
constexpr std::size_t kFewestRuns = 20;
constexpr std::size_t kMostTasks = 400'000;  // in all runs together: about a second

/// Normally distributed numbers, the same on every machine, which std::normal_distribution doesn't promise.
/// Source  SplitMix64: G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", 2014;
///         G. Box, M. Muller, "A Note on the Generation of Random Normal Deviates", 1958.
class Normal {
 public:
  double operator()() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  double uniform() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return static_cast<double>((z ^ (z >> 31U)) >> 11U) * 0x1.0p-53;
  }

  std::uint64_t state_ = 1;
};

}  // namespace

Interval likely_seconds(const Plan& plan, const Rates& rates, const OutsideTasks& surroundings,
                        const Machines& machines, const Uncertainty& doubt) {
  const std::size_t tasks = std::max<std::size_t>(1, plan.graph.tasks.size());
  const std::size_t runs = std::clamp(kMostTasks / tasks, kFewestRuns, kMostRuns);
  Normal normal;
  std::vector<double> seconds;
  Plan varied = plan;
  for (std::size_t run = 0; run < runs; ++run) {
    const double overall = std::exp(doubt.overall * normal());
    std::array<double, kTaskKinds> kinds{};
    for (double& kind : kinds) kind = std::exp(doubt.kind * normal());
    for (TaskId id = 0; id < plan.graph.tasks.size(); ++id) {
      const Task& task = plan.graph.tasks[id];
      varied.graph.tasks[id].seconds = task.seconds * overall * kinds[static_cast<std::size_t>(task.kind)] *
                                       std::exp(doubt.task * normal());
    }
    Rates rates_of_run = rates;
    rates_of_run.make_table *= overall * std::exp(doubt.kind * normal());
    rates_of_run.pg_restore *= overall;
    rates_of_run.at_the_end *= overall;
    OutsideTasks around = surroundings;
    around.discover *= overall;
    seconds.push_back(look_ahead(varied, rates_of_run, around, machines).downtime);
  }
  std::ranges::sort(seconds);
  const auto at = [&](double share) {
    return seconds[static_cast<std::size_t>(share * static_cast<double>(seconds.size() - 1) + 0.5)];
  };
  return {at(0.1), at(0.9)};
}

}  // namespace pghaul::plan
