#include "tasks/unfinished_tables.h"

#include <gtest/gtest.h>

#include "unit/tasks/planned_run.h"

namespace pghaul::tasks {
namespace {

using Places = std::vector<catalog::Place>;
using plan::TaskKind;

/// A table that is copied as a whole, one in two parts, and two tiny ones together.
class Unfinished : public PlannedRun {
 protected:
  Unfinished() {
    for (const char* name : {"whole", "split", "tiny", "too"}) {
      plan.tables.push_back({.relation = source.table(name)});
    }
    plan.graph.add({.kind = TaskKind::copy, .objects = {0}});
    plan.graph.add({.kind = TaskKind::copy, .objects = {1}, .pages = {.first = 0, .end = 10}});
    plan.graph.add({.kind = TaskKind::copy, .objects = {1}, .pages = {.first = 10, .end = 20}});
    plan.graph.add({.kind = TaskKind::copy, .objects = {2, 3}});
    plan.graph.add({.kind = TaskKind::read_source_computed, .objects = {0}});
    plan.graph.add({.kind = TaskKind::read_back_computed, .objects = {0}, .after = {4}});
    begin();
  }
};

TEST_F(Unfinished, AreAllTablesWhereNothingIsDone) {
  const UnfinishedTables all = unfinished_tables(*work, {});
  EXPECT_EQ(all.tables, (Places{0, 1, 2, 3}));
  EXPECT_TRUE(all.emptied.empty());
}

TEST_F(Unfinished, AreNoneWhereAllHaveBeenCopied) {
  EXPECT_TRUE(unfinished_tables(*work, {{0, {}}, {1, {}}, {2, {}}, {3, {}}}).tables.empty());
}

TEST_F(Unfinished, AreEmptiedWhereAPartHasBeenCopied) {
  const UnfinishedTables split = unfinished_tables(*work, {{0, {}}, {2, {}}});
  EXPECT_EQ(split.tables, (Places{1, 2, 3}));
  EXPECT_EQ(split.emptied, (Places{1}));
  EXPECT_EQ(split.forgotten, (std::vector<plan::TaskId>{2}));
  EXPECT_FALSE(split.in_tree);
}

TEST_F(Unfinished, HaveNoComparisonOfComputedValuesAnyMore) {
  leave_computed_uncompared(*work, {{4, {}}}, *results);
  EXPECT_EQ(results->journalled, (std::vector<bool>{false, false, false, false, false, true}));
  ASSERT_EQ(results->uncompared.all().size(), 1U);
  EXPECT_EQ(results->uncompared.all()[0].object, "generated columns of public.whole");
}

}  // namespace
}  // namespace pghaul::tasks
