#include "tasks/catch_up_first.h"

#include <gtest/gtest.h>

namespace pghaul::tasks {
namespace {

using plan::TaskKind;

TEST(PutCatchUpFirst, MakesForeignKeysWaitForAllRowsAndEachOtherForTheFirst) {
  plan::TaskGraph graph;
  graph.add({.kind = TaskKind::copy});
  graph.add({.kind = TaskKind::read_back, .after = {0}});
  graph.add({.kind = TaskKind::foreign_key, .after = {0}});
  graph.add({.kind = TaskKind::foreign_key, .after = {0}});
  graph.add({.kind = TaskKind::analyze, .after = {0}});
  graph.add({.kind = TaskKind::post_data, .after = {2, 3}});
  put_catch_up_first(graph);
  using Ids = std::vector<plan::TaskId>;
  EXPECT_EQ(graph.tasks[2].after, (Ids{0, 0, 1}));
  EXPECT_EQ(graph.tasks[3].after, (Ids{0, 2}));
  EXPECT_EQ(graph.tasks[4].after, (Ids{0}));
  EXPECT_EQ(graph.tasks[5].after, (Ids{2, 3, 2}));
}

TEST(PutCatchUpFirst, LeavesAGraphWithoutThemAlone) {
  plan::TaskGraph graph;
  graph.add({.kind = TaskKind::copy});
  put_catch_up_first(graph);
  EXPECT_TRUE(graph.tasks[0].after.empty());
}

}  // namespace
}  // namespace pghaul::tasks
