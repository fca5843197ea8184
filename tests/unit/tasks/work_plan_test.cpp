#include "tasks/work_plan.h"

#include <gtest/gtest.h>

#include "support/catalog_builder.h"

namespace pghaul::tasks {
namespace {

using verify::Mode;

TEST(WorkPlan, FindsThePlanOfARelationByItsPlace) {
  support::CatalogBuilder source;
  const catalog::Place parent = source.partitioned("parent");
  const catalog::Place table = source.table("table");
  plan::Plan plan;
  plan.tables.push_back({.relation = table});
  const WorkPlan work(source.catalog, plan, Mode::checksums);
  EXPECT_EQ(work.table(parent), nullptr);
  EXPECT_EQ(work.table(table), &plan.tables[0]);
  EXPECT_EQ(work.computed(table), nullptr);
}

TEST(WorkPlan, CountsRowsWhoseTextDependsOnTheVersion) {
  support::CatalogBuilder source;
  plan::Plan plan;
  const plan::TablePlan counted{.relation = source.table("old"), .format = {.only_counted = true}};
  const plan::TablePlan plain{.relation = source.table("plain")};
  const WorkPlan by_digests(source.catalog, plan, Mode::checksums);
  EXPECT_EQ(by_digests.mode(counted), Mode::counts);
  EXPECT_EQ(by_digests.mode(plain), Mode::checksums);
  EXPECT_EQ(WorkPlan(source.catalog, plan, Mode::none).mode(counted), Mode::none);
}

}  // namespace
}  // namespace pghaul::tasks
