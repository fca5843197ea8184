#include "plan/archive_plan.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "support/catalog_builder.h"
#include "support/graphs.h"

namespace pghaul::plan {
namespace {

using catalog::Place;
using support::tasks_for;

TEST(ArchivePlan, WritesALargeTableIntoSeveralFilesAndReadsEachAgain) {
  support::CatalogBuilder source;
  const Place large = source.table("large", 1000_MiB);
  const Plan plan = make_archive_plan(source.catalog, {.jobs = 2});
  EXPECT_GT(tasks_for(plan.graph, TaskKind::copy, large).size(), 4U);
  EXPECT_EQ(tasks_for(plan.graph, TaskKind::read_back, large).size(),
            tasks_for(plan.graph, TaskKind::copy, large).size());
  EXPECT_TRUE(tasks_for(plan.graph, TaskKind::index, large).empty());
}

TEST(ArchivePlan, KeepsNoTargetBusy) {
  support::CatalogBuilder source;
  source.table("large", 1000_MiB);
  for (const Task& task : make_archive_plan(source.catalog, {.jobs = 2}).graph.tasks) {
    EXPECT_EQ(task.load.target, 0);
    EXPECT_GT(task.load.client, 0);
  }
}

TEST(ArchivePlan, CostsWhatReadingOrElsePackingTakesWhicheverIsMore) {
  support::CatalogBuilder source;
  const Place table = source.table("t", 10_MiB);
  const auto seconds = [&](double read, double pack) {
    const Factors factors{.read_source = {read}, .pack = {pack}};
    const Plan plan = make_archive_plan(source.catalog, {.jobs = 1, .factors = factors});
    return plan.graph.tasks[tasks_for(plan.graph, TaskKind::copy, table).at(0)].seconds;
  };
  EXPECT_GT(seconds(10, 1), 2 * seconds(1, 1));
  EXPECT_GT(seconds(1, 10), 2 * seconds(1, 1));
  EXPECT_LT(seconds(10, 10), 1.1 * std::max(seconds(10, 1), seconds(1, 10)));
}

}  // namespace
}  // namespace pghaul::plan
