#include "tasks/post_to_ledger.h"

#include <gtest/gtest.h>

#include "unit/tasks/planned_run.h"

namespace pghaul::tasks {
namespace {

using plan::TaskKind;

/// A run over a table that is copied in two pieces, with an index that becomes its key.
class PostToLedger : public PlannedRun {
 protected:
  PostToLedger() {
    table = source.table("orders");
    key = source.key(table);
    index = source.index_of(key);
    plan.tables.push_back({.relation = table, .chunks = 2});
    begin();
  }
  void post(const plan::Task& task, const journal::DoneEntries& lines) {
    post_to_ledger(*work, task, lines, *results, progress);
  }

  catalog::Place table = catalog::kNone;
  catalog::Place key = catalog::kNone;
  catalog::Place index = catalog::kNone;
};

TEST_F(PostToLedger, ATableIsDoneWithItsLastPiece) {
  const plan::Task first{.objects = {table}, .pages = {0, 64}};
  const plan::Task second{.objects = {table}, .pages = {64, plan::PageRange::kOpen}};
  post(first, {{.object = table, .digest = {.rows = 3}, .seconds = 1}});
  EXPECT_EQ(progress.tables_done.value(), 0U);
  post(second, {{.object = table, .digest = {.rows = 4}, .seconds = 2}});
  EXPECT_EQ(progress.tables_done.value(), 1U);
  EXPECT_EQ(results->ledger.tally(table).sent.rows, 7U);
  EXPECT_EQ(results->ledger.tally(table).seconds, 3);
}

TEST_F(PostToLedger, OnlyATableThatIsCopiedAloneAndWholeIsFrozen) {
  post({.objects = {table}, .pages = {0, 64}}, {{.object = table}});
  EXPECT_EQ(results->frozen[table], 0);
  post({.objects = {table}}, {{.object = table}});
  EXPECT_EQ(results->frozen[table], 1);
}

TEST_F(PostToLedger, AnIndexTookItsBuildingAndItsBecomingAKey) {
  post({.kind = TaskKind::index, .objects = {index}}, {{.object = index, .seconds = 2}});
  post({.kind = TaskKind::keys, .objects = {key}}, {{.object = key, .seconds = 0.5}});
  EXPECT_EQ(results->index_seconds[index], 2.5);
  EXPECT_EQ(progress.indexes_done.value(), 1U);
}

TEST_F(PostToLedger, RemembersHowManyPagesATableHadAtTheOpening) {
  post({.kind = TaskKind::open, .objects = {table}}, {{.object = table, .digest = {.rows = 12}}});
  EXPECT_EQ(results->target.pages.at(table), 12U);
  EXPECT_EQ(results->ledger.tally(table).sent.rows, 0U);
}

TEST_F(PostToLedger, ALineOfTheTaskAsAWholeSaysNothingOfAnObject) {
  post({.kind = TaskKind::statistics, .objects = {table}}, {{.object = catalog::kNone}});
  EXPECT_EQ(results->carried[table], 0);
  post({.kind = TaskKind::statistics, .objects = {table}}, {{.object = table}});
  EXPECT_EQ(results->carried[table], 1);
}

}  // namespace
}  // namespace pghaul::tasks
