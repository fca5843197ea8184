#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "plan/forecast.h"
#include "plan/make_plan.h"
#include "support/catalog_builder.h"

namespace pghaul {
namespace {

/// `count` tables of `bytes` each, with a key, an index and a foreign key to the table before it.
catalog::Catalog tables(std::int64_t count, std::size_t bytes) {
  support::CatalogBuilder source;
  catalog::Place last_key = source.key(source.table("first", bytes));
  for (std::int64_t i = 1; i < count; ++i) {
    const catalog::Place table = source.table(fmt::format("t{}", i), bytes);
    source.index(table);
    source.foreign_key(table, last_key);
    last_key = source.key(table);
  }
  return source.catalog;
}

// Question  how long does a user with very many tables wait for the plan? Linear is what matters.
void PlanTables(benchmark::State& state) {
  const catalog::Catalog source = tables(state.range(0), static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) {
    const plan::Plan plan = plan::make_plan(source, nullptr, {.jobs = 8});
    if (plan.tables.size() != source.relations.size()) {
      state.SkipWithError("tables were lost");
      break;
    }
    state.counters["tasks"] = static_cast<double>(plan.graph.tasks.size());
  }
}
BENCHMARK(PlanTables)
    ->ArgNames({"tables", "bytes"})
    ->ArgsProduct({{1'000, 10'000, 100'000}, {8192, 1 << 20}})
    ->Unit(benchmark::kMillisecond);

// Question  what does the scheduler cost a run, each task taken and given back once?
// Baseline  PlanTables, which made the graph.
void ForecastTables(benchmark::State& state) {
  const catalog::Catalog source = tables(state.range(0), 1 << 20);
  const plan::Plan plan = plan::make_plan(source, nullptr, {.jobs = 8});
  const double least = plan.graph.total_seconds() / plan.jobs;
  for (auto _ : state) {
    if (plan::forecast(plan.graph, plan.jobs, plan.jobs).seconds < least) {
      state.SkipWithError("work was lost");
      break;
    }
  }
  state.counters["tasks"] = static_cast<double>(plan.graph.tasks.size());
}
BENCHMARK(ForecastTables)->ArgName("tables")->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace pghaul
