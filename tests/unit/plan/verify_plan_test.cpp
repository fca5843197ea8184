#include "plan/verify_plan.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "support/catalog_builder.h"
#include "support/graphs.h"

namespace pghaul::plan {
namespace {

using catalog::Place;
using support::tasks_for;

TEST(VerifyPlan, ReadsTheComparableTablesOfBothSidesAndNothingElse) {
  support::CatalogBuilder source;
  const Place compared = source.table("both");
  const Place missing = source.table("source_only");
  const Plan plan = make_verify_plan(source.catalog, support::empty_target(), {.jobs = 2}, {compared});
  EXPECT_EQ(tasks_for(plan.graph, TaskKind::read_source, compared).size(), 1U);
  EXPECT_EQ(tasks_for(plan.graph, TaskKind::read_back, compared).size(), 1U);
  EXPECT_TRUE(tasks_for(plan.graph, TaskKind::read_source, missing).empty());
  EXPECT_EQ(plan.graph.tasks.size(), 2U);
}

TEST(VerifyPlan, ReadsALargeTableInPiecesWhereBothServersCan) {
  support::CatalogBuilder source;
  const Place large = source.table("large", 2000_MiB);
  catalog::Server target = support::empty_target();
  const auto pieces = [&] {
    return make_verify_plan(source.catalog, target, {.jobs = 2}, {large}).tables.at(0).chunks;
  };
  EXPECT_GT(pieces(), 1U);
  target.version = 130023;
  EXPECT_EQ(pieces(), 1U);
}

}  // namespace
}  // namespace pghaul::plan
