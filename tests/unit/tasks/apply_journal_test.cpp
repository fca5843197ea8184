#include "tasks/apply_journal.h"

#include <gtest/gtest.h>

#include "unit/tasks/planned_run.h"

namespace pghaul::tasks {
namespace {

/// A run over two tables: one task for each, and one that reads the first back.
class ApplyJournal : public PlannedRun {
 protected:
  ApplyJournal() {
    first = source.table("first");
    second = source.table("second");
    for (const catalog::Place table : {first, second}) {
      plan.tables.push_back({.relation = table});
      plan.graph.add({.kind = plan::TaskKind::copy, .objects = {table}});
    }
    plan.graph.add({.kind = plan::TaskKind::read_back, .objects = {first}, .after = {0}});
    begin();
  }
  catalog::Place first = catalog::kNone;
  catalog::Place second = catalog::kNone;
};

TEST_F(ApplyJournal, CountsWhatAnEarlierRunHasCopiedAsCopied) {
  apply_journal(*work, {{0, {{.object = first, .digest = {.rows = 7, .bytes = 700}, .seconds = 2}}}},
                *results, progress);
  EXPECT_EQ(results->journalled, (std::vector<bool>{true, false, false}));
  EXPECT_EQ(results->ledger.tally(first).sent.rows, 7U);
  EXPECT_EQ(progress.rows.value(), 7U);
  EXPECT_EQ(progress.bytes.value(), 700U);
  EXPECT_EQ(progress.tables_done.value(), 1U);
}

TEST_F(ApplyJournal, DoesNotCountRowsThatWereReadBackAsCopiedOnceMore) {
  const journal::DoneEntry line{.object = first, .digest = {.rows = 7, .bytes = 700}};
  apply_journal(*work, {{0, {line}}, {2, {line}}}, *results, progress);
  EXPECT_EQ(results->ledger.tally(first).came_back.rows, 7U);
  EXPECT_EQ(progress.rows.value(), 7U);
}

TEST_F(ApplyJournal, FitsAJournalOfTasksAndObjectsThatThePlanHas) {
  EXPECT_TRUE(check_fits(*work, {}));
  EXPECT_TRUE(check_fits(*work, {{0, {{.object = first}}}, {1, {{.object = catalog::kNone}}}}));
}

TEST_F(ApplyJournal, FitsNoJournalOfOtherTasksOrObjects) {
  for (const journal::Journal::Done& done :
       {journal::Journal::Done{{3, {}}}, journal::Journal::Done{{0, {{.object = second}}}}}) {
    const Status fits = check_fits(*work, done);
    ASSERT_FALSE(fits);
    EXPECT_EQ(fits.error().code, ErrorCode::refused);
  }
}

}  // namespace
}  // namespace pghaul::tasks
