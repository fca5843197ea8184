#include "tasks/compare_executor.h"

#include <gtest/gtest.h>

#include "unit/tasks/one_table.h"

namespace pghaul::tasks {
namespace {

using plan::TaskKind;

/// A comparison of one table.
class CompareExecutorTest : public OneTable {
 protected:
  CompareExecutor executor{work, rows, results.target, log};
};

TEST_F(CompareExecutorTest, PostsWhatTheSourceSays) {
  const plan::Task task{.kind = TaskKind::read_source, .objects = {table}};
  ASSERT_TRUE(executor.execute(worker, task));
  EXPECT_EQ(results.ledger.tally(table).sent.rows, support::KnownRows::kCount);
}

TEST_F(CompareExecutorTest, HasNoTaskThatWrites) {
  for (const TaskKind kind : {TaskKind::copy, TaskKind::index, TaskKind::open, TaskKind::statistics}) {
    const Status done = executor.execute(worker, {.kind = kind, .objects = {table}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::internal);
  }
}

TEST_F(CompareExecutorTest, KeepsNothingThatALostAttemptCouldHaveCommitted) {
  const plan::Task task{.kind = TaskKind::read_source, .objects = {table}};
  EXPECT_FALSE(log.was_committed(worker, task).value());
  EXPECT_TRUE(log.still_holds(worker).value());
}

}  // namespace
}  // namespace pghaul::tasks
