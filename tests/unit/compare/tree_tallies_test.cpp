#include "compare/tree_tallies.h"

#include <gtest/gtest.h>

#include <optional>

#include "compare/digest_mismatches.h"
#include "support/catalog_builder.h"

namespace pghaul::compare {
namespace {

using catalog::Place;

/// Two partitions whose rows were copied by way of their parent, and a table.
class TreeLinesTest : public testing::Test {
 protected:
  TreeLinesTest()
      : parent_(source_.partitioned("moods")),
        first_(source_.partition("moods_0", parent_)),
        second_(source_.partition("moods_1", parent_)),
        other_(source_.table("other")) {
    for (const Place leaf : {first_, second_}) plan_.tables.push_back({.relation = leaf, .tree = parent_});
    plan_.tables.push_back({.relation = other_});
    work_.emplace(source_.catalog, plan_, verify::Mode::checksums);
    results_.emplace(*work_);
    for (const Place table : {first_, second_, other_}) ledger().sent(table, {.rows = 10}, 0.5);
  }

  verify::Ledger& ledger() { return results_->ledger; }

  support::CatalogBuilder source_;
  Place parent_, first_, second_, other_;
  plan::Plan plan_;
  std::optional<tasks::WorkPlan> work_;
  std::optional<tasks::Results> results_;
};

TEST_F(TreeLinesTest, RowsMayLieInAnyPartitionOfTheTree) {
  ledger().came_back(first_, {.rows = 17});
  ledger().came_back(second_, {.rows = 3});
  ledger().came_back(other_, {.rows = 10});
  const TreeTallies lines(plan_, ledger());
  EXPECT_EQ(lines.of(plan_.tables[0]).came_back.rows, 20U);
  EXPECT_EQ(lines.of(plan_.tables[1]).sent.rows, 20U);
  EXPECT_EQ(lines.of(plan_.tables[2]).sent.rows, 10U);
  const measure::Report::Verification compared = digest_mismatches(*work_, *results_);
  EXPECT_TRUE(compared.mismatches.empty());
  EXPECT_EQ(compared.tables, 3);
  EXPECT_EQ(compared.rows, 30);
}

TEST_F(TreeLinesTest, ATreeThatLacksARowIsNamedOnce) {
  ledger().came_back(first_, {.rows = 10});
  ledger().came_back(second_, {.rows = 9});
  ledger().came_back(other_, {.rows = 10});
  const measure::Report::Verification compared = digest_mismatches(*work_, *results_);
  ASSERT_EQ(compared.mismatches.size(), 1U);
  EXPECT_EQ(compared.mismatches[0].object, "public.moods");
  EXPECT_EQ(compared.mismatches[0].message, "source has 20 rows, target 19");
}

}  // namespace
}  // namespace pghaul::compare
