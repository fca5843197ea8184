#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cmath>

#include "base/units.h"
#include "plan/forecast.h"
#include "plan/make_plan.h"
#include "support/catalog_builder.h"

namespace pghaul {
namespace {

enum Shape : std::int64_t { one_table, skewed, tiny };

constexpr std::size_t kBytes = 100'000_MiB;  // of heap, in each database

void add_table(support::CatalogBuilder& source, const std::string& name, std::size_t bytes) {
  const catalog::Place table = source.table(name, bytes);
  source.key(table);
  source.index(table);
}

catalog::Catalog database(std::int64_t shape) {
  support::CatalogBuilder source;
  if (shape == one_table) add_table(source, "only", kBytes);
  for (int i = 1; shape == skewed && i <= 1000; ++i) {  // as 1/rank
    add_table(source, fmt::format("rank{}", i),
              static_cast<std::size_t>(static_cast<double>(kBytes) / 7.49 / i));
  }
  for (int i = 0; shape == tiny && i < 10'000; ++i)
    add_table(source, fmt::format("tiny{}", i), kBytes / 10'000);
  return source.catalog;
}

// Question  how much sooner do more workers end, on three machines with a core for each worker?
// Source  the plan that a copy would run, on a simulated clock, with the rates that pghaul ships.
void Scaling(benchmark::State& state) {
  const catalog::Catalog source = database(state.range(0));
  const auto workers = static_cast<int>(state.range(1));
  const auto seconds = [&](int jobs) {
    const double cores = jobs;
    const plan::Machines machines(cores, cores, cores);
    const plan::Plan plan =
        plan::make_plan(source, nullptr, {.decided_jobs = jobs, .local_cores = jobs, .machines = machines});
    return plan::forecast(plan.graph, jobs, machines).seconds;
  };
  const double alone = seconds(1);
  for (auto _ : state) state.counters["seconds"] = seconds(workers);
  state.counters["speedup"] = alone / state.counters["seconds"];
}
BENCHMARK(Scaling)
    ->ArgNames({"shape", "workers"})
    ->ArgsProduct({{one_table, skewed, tiny}, {1, 2, 4, 8, 16, 32, 64, 96}})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

}  // namespace
}  // namespace pghaul
