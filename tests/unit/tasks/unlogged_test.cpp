#include "tasks/unlogged.h"

#include <gtest/gtest.h>

#include <optional>

#include "support/catalog_builder.h"
#include "tasks/work_plan.h"

namespace pghaul::tasks {
namespace {

using plan::TaskKind;
using Journal = journal::Journal;

/// A logged and an unlogged table, a foreign key between them, and the post-data task.
class UnloggedTables : public testing::Test {
 protected:
  UnloggedTables() : kept(source.table("kept")), lost(source.table("lost")) {
    source.relation(lost).persistence = 'u';
    const catalog::Place reference = source.foreign_key(lost, source.key(kept));
    for (const catalog::Place table : {kept, lost}) {
      plan.tables.push_back({.relation = table});
      plan.graph.add({.kind = TaskKind::copy, .objects = {table}});
    }
    plan.graph.add({.kind = TaskKind::foreign_key, .objects = {reference}});
    plan.graph.add({.kind = TaskKind::read_back, .objects = {lost}});
    work.emplace(source.catalog, plan, verify::Mode::checksums);
  }

  support::CatalogBuilder source;
  catalog::Place kept, lost;
  plan::Plan plan;
  std::optional<WorkPlan> work;
};

TEST_F(UnloggedTables, RowsOfThemLastUntilACrash) {
  EXPECT_EQ(lasts(*work, plan.graph.tasks[0]), Journal::Lasts::for_good);
  EXPECT_EQ(lasts(*work, plan.graph.tasks[1]), Journal::Lasts::until_crash);
  EXPECT_EQ(lasts(*work, plan.graph.tasks[2]), Journal::Lasts::for_good);
  EXPECT_EQ(lasts(*work, plan.graph.tasks[3]), Journal::Lasts::until_crash);
}

TEST_F(UnloggedTables, AreCopiedAgainWhileNothingStandsInTheWay) {
  EXPECT_TRUE(lost_for_good(*work, {{0, {}}}, Journal::Stage::tasks).empty());
  EXPECT_TRUE(lost_for_good(*work, {{0, {}}, {1, {}}, {2, {}}}, Journal::Stage::tasks).empty());
}

TEST_F(UnloggedTables, AreLostForGoodBehindAForeignKeyAndAfterTheOpening) {
  const std::vector<catalog::Place> only{lost};
  EXPECT_EQ(lost_for_good(*work, {{0, {}}, {2, {}}}, Journal::Stage::tasks), only);
  EXPECT_EQ(lost_for_good(*work, {{0, {}}}, Journal::Stage::opened), only);
}

TEST_F(UnloggedTables, NobodyCopiesOrComparesWhatIsLostForGood) {
  Journal::Done done{{0, {}}};
  count_as_done(*work, {lost}, done);
  EXPECT_TRUE(done.contains(1));
  EXPECT_TRUE(done.contains(3));
  EXPECT_FALSE(done.contains(2));
}

}  // namespace
}  // namespace pghaul::tasks
