#include "tasks/take_up.h"

#include <gtest/gtest.h>

#include "support/catalog_builder.h"

namespace pghaul::tasks {
namespace {

/// A run over two tables: one task for each, and one that reads the first back.
class TakeUp : public testing::Test {
 protected:
  TakeUp() {
    first = source.table("first");
    second = source.table("second");
    for (const catalog::Place table : {first, second}) {
      plan.tables.push_back({.relation = table});
      plan.graph.add({.kind = plan::TaskKind::copy, .objects = {table}});
    }
    plan.graph.add({.kind = plan::TaskKind::read_back, .objects = {first}, .after = {0}});
    run.source = &source.catalog;
    run.plan = &plan;
    run.table_plans = {&plan.tables[0], &plan.tables[1]};
    run.frozen.assign(2, 0);
    run.ledger = &ledger;
    run.progress = &progress;
  }
  support::CatalogBuilder source;
  catalog::Place first = catalog::kNone;
  catalog::Place second = catalog::kNone;
  plan::Plan plan;
  verify::Ledger ledger{2};
  measure::Progress progress;
  tasks::Run run;
};

TEST_F(TakeUp, CountsWhatAnEarlierRunHasCopiedAsCopied) {
  take_up(run, {{0, {{.object = first, .digest = {.rows = 7, .bytes = 700}, .seconds = 2}}}});
  EXPECT_TRUE(run.is_journalled(plan.graph.tasks[0]));
  EXPECT_FALSE(run.is_journalled(plan.graph.tasks[1]));
  EXPECT_EQ(ledger.line(first).sent.rows, 7U);
  EXPECT_EQ(progress.rows.value(), 7U);
  EXPECT_EQ(progress.bytes.value(), 700U);
  EXPECT_EQ(progress.tables_done.value(), 1U);
}

TEST_F(TakeUp, DoesNotCountRowsThatWereReadBackAsCopiedOnceMore) {
  const journal::TaskLine line{.object = first, .digest = {.rows = 7, .bytes = 700}};
  take_up(run, {{0, {line}}, {2, {line}}});
  EXPECT_EQ(ledger.line(first).came_back.rows, 7U);
  EXPECT_EQ(progress.rows.value(), 7U);
}

TEST_F(TakeUp, FitsAJournalOfTasksAndObjectsThatThePlanHas) {
  EXPECT_TRUE(check_fits(run, {}));
  EXPECT_TRUE(check_fits(run, {{0, {{.object = first}}}, {1, {{.object = catalog::kNone}}}}));
}

TEST_F(TakeUp, FitsNoJournalOfOtherTasksOrObjects) {
  for (const journal::Journal::Done& done :
       {journal::Journal::Done{{3, {}}}, journal::Journal::Done{{0, {{.object = second}}}}}) {
    const Status fits = check_fits(run, done);
    ASSERT_FALSE(fits);
    EXPECT_EQ(fits.error().code, ErrorCode::refused);
  }
}

}  // namespace
}  // namespace pghaul::tasks
