#include "job/tree_lines.h"

#include <gtest/gtest.h>

#include "job/differences.h"
#include "support/catalog_builder.h"

namespace pghaul::job {
namespace {

using catalog::Place;

/// Two partitions whose rows were copied by way of their parent, and a table.
class TreeLinesTest : public testing::Test {
 protected:
  TreeLinesTest()
      : parent_(source_.partitioned("moods")),
        first_(source_.partition("moods_0", parent_)),
        second_(source_.partition("moods_1", parent_)),
        other_(source_.table("other")),
        ledger_(source_.catalog.relations.size()) {
    for (const Place leaf : {first_, second_}) plan_.tables.push_back({.relation = leaf, .tree = parent_});
    plan_.tables.push_back({.relation = other_});
    run_.source = &source_.catalog;
    run_.plan = &plan_;
    run_.ledger = &ledger_;
    for (const Place table : {first_, second_, other_}) ledger_.sent(table, {.rows = 10}, 0.5);
  }

  support::CatalogBuilder source_;
  Place parent_, first_, second_, other_;
  plan::Plan plan_;
  verify::Ledger ledger_;
  tasks::Run run_;
};

TEST_F(TreeLinesTest, RowsMayLieInAnyPartitionOfTheTree) {
  ledger_.came_back(first_, {.rows = 17});
  ledger_.came_back(second_, {.rows = 3});
  ledger_.came_back(other_, {.rows = 10});
  const TreeLines lines(run_);
  EXPECT_EQ(lines.of(plan_.tables[0]).came_back.rows, 20U);
  EXPECT_EQ(lines.of(plan_.tables[1]).sent.rows, 20U);
  EXPECT_EQ(lines.of(plan_.tables[2]).sent.rows, 10U);
  const measure::Report::Verification compared = differences(run_);
  EXPECT_TRUE(compared.mismatches.empty());
  EXPECT_EQ(compared.tables, 3);
  EXPECT_EQ(compared.rows, 30);
}

TEST_F(TreeLinesTest, ATreeThatLacksARowIsNamedOnce) {
  ledger_.came_back(first_, {.rows = 10});
  ledger_.came_back(second_, {.rows = 9});
  ledger_.came_back(other_, {.rows = 10});
  const measure::Report::Verification compared = differences(run_);
  ASSERT_EQ(compared.mismatches.size(), 1U);
  EXPECT_EQ(compared.mismatches[0].object, "public.moods");
  EXPECT_EQ(compared.mismatches[0].message, "source has 20 rows, target 19");
}

}  // namespace
}  // namespace pghaul::job
