#include "tasks/remaining_work.h"

#include <gtest/gtest.h>

#include "postgres/quote.h"
#include "support/catalog_builder.h"
#include "tasks/work_plan.h"

namespace pghaul::tasks {
namespace {

using plan::TaskKind;

/// A plan that opens after the keys: a key before, an index and statistics of two tables after it.
class RemainingWork : public testing::Test {
 protected:
  RemainingWork()
      : orders(source.table("orders")), items(source.table("items")), index(source.index(orders)) {
    source.catalog.indexes[index].definition = "CREATE INDEX totals ON public.orders USING btree (total)";
    plan.graph.add({.kind = TaskKind::copy, .objects = {orders}});
    plan.graph.add({.kind = TaskKind::index, .objects = {index}, .online = true});
    plan.graph.add({.kind = TaskKind::analyze, .objects = {orders, items}, .online = true});
    plan.graph.add({.kind = TaskKind::read_back, .objects = {orders}, .online = true});
  }
  [[nodiscard]] std::vector<measure::Report::Missing> after(const std::vector<char>& done) const {
    return remaining_work(WorkPlan(source.catalog, plan, verify::Mode::checksums), done, {});
  }

  support::CatalogBuilder source;
  catalog::Place orders, items, index;
  plan::Plan plan;
};

TEST_F(RemainingWork, NamesEachObjectOfWhatIsNotDoneAfterTheOpening) {
  const auto all = after({1, 0, 0, 0});
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[1].object, "analyze public.orders");
  EXPECT_EQ(all[1].statement, "ANALYZE " + postgres::quote("public", "orders") + ";");
  EXPECT_EQ(all[2].statement, "ANALYZE " + postgres::quote("public", "items") + ";");
  EXPECT_EQ(all[3].object, "comparison of public.orders");
  EXPECT_EQ(all[3].statement, "");
}

TEST_F(RemainingWork, IndexesAreMadeInAFormThatDoesNotHoldUpWrites) {
  const auto all = after({1, 0, 1, 1});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_NE(all[0].statement.find("CONCURRENTLY"), std::string::npos);
}

TEST_F(RemainingWork, NothingIsMissingOnceAllIsDone) {
  EXPECT_TRUE(after({1, 1, 1, 1}).empty());
}

TEST_F(RemainingWork, NamesEntriesThatComeAtTheEnd) {
  const auto all = remaining_work(WorkPlan(source.catalog, plan, verify::Mode::checksums), {1, 1, 1, 1},
                                  {{.kind = "EVENT TRIGGER", .text = "- stamp postgres"}});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].object, "EVENT TRIGGER - stamp postgres");
}

}  // namespace
}  // namespace pghaul::tasks
