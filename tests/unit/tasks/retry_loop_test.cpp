#include "tasks/retry_loop.h"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>
#include <vector>

#include "crew/worker.h"
#include "support/catalog_builder.h"
#include "tasks/results.h"
#include "tasks/task_executor.h"
#include "tasks/task_log.h"
#include "tasks/task_reporter.h"

namespace pghaul::tasks {
namespace {

using namespace std::chrono_literals;

/// Fails as often as the test wants, each time with the next of the errors.
class FailingExecutor final : public TaskExecutor {
 public:
  Status execute(crew::Worker&, const plan::Task&) override {
    ++attempts;
    if (errors.empty()) return {};
    Error next = errors.front();
    errors.erase(errors.begin());
    return fail(std::move(next));
  }
  std::vector<Error> errors;
  int attempts = 0;
};

/// Answers as a journal would.
class KnowingLog final : public TaskLog {
 public:
  using TaskLog::TaskLog;
  Status journal_done(crew::Worker&, const plan::Task&, const journal::DoneEntries&) override { return {}; }
  Result<bool> was_committed(crew::Worker&, const plan::Task&) override { return ++asked == committed_at; }
  Result<bool> still_holds(crew::Worker&) override { return holds; }
  int asked = 0;
  int committed_at = 0;  // which question finds the task committed; 0: none
  bool holds = true;
};

plan::Plan plan_of(catalog::Place table) {
  plan::Plan plan;
  plan.tables.push_back({.relation = table});
  plan.graph.add({.kind = plan::TaskKind::copy, .objects = {table}});
  return plan;
}

/// One task, of one table.
class RetryLoopTest : public testing::Test {
 protected:
  Status try_it() {
    TaskReporter reporter(work, results, {.progress = progress, .timeline = timeline, .events = events});
    RetryLoop retry_loop(work, executor, log, reporter, 1s);
    return retry_loop.run(worker, plan.graph.tasks[0], {}, [] { return false; });
  }

  support::CatalogBuilder source;
  const plan::Plan plan = plan_of(source.table("orders"));
  const WorkPlan work{source.catalog, plan, verify::Mode::none};
  Results results{work};
  measure::Progress progress;
  measure::Timeline timeline;
  measure::Events events{timeline, {}};
  FailingExecutor executor;
  KnowingLog log{work, results, progress};
  const crew::Worker::Endpoints ends{};
  crew::Worker worker{0, ends};
  const Error lost{ErrorCode::connection_lost, "the server closed the connection"};
  const Error refused{ErrorCode::server_error, "duplicate key value", "23505"};
};

TEST_F(RetryLoopTest, TriesAgainWhatMayPass) {
  executor.errors = {lost};
  EXPECT_TRUE(try_it());
  EXPECT_EQ(executor.attempts, 2);
  EXPECT_EQ(progress.tasks_done.value(), 1U);
}

TEST_F(RetryLoopTest, NamesTheObjectOfWhatDoesNotPass) {
  executor.errors = {refused};
  const Status done = try_it();
  ASSERT_FALSE(done);
  EXPECT_EQ(executor.attempts, 1);
  EXPECT_EQ(done.error().object, "public.orders");
  EXPECT_EQ(progress.tasks_done.value(), 0U);
}

TEST_F(RetryLoopTest, DoesNotDoAgainWhatTheLostAttemptHadCommitted) {
  executor.errors = {lost};
  log.committed_at = 1;
  EXPECT_TRUE(try_it());
  EXPECT_EQ(executor.attempts, 1);
  EXPECT_EQ(progress.tasks_done.value(), 1U);
}

TEST_F(RetryLoopTest, FindsWhatTheServerWasStillCommittingWhenItWasAsked) {
  executor.errors = {lost, refused};
  log.committed_at = 2;
  EXPECT_TRUE(try_it());
  EXPECT_EQ(executor.attempts, 2);
}

TEST_F(RetryLoopTest, EndsTheRunWhenTheTargetHasRestarted) {
  executor.errors = {lost};
  log.holds = false;
  const Status done = try_it();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::connection_lost);
  EXPECT_EQ(executor.attempts, 1);
}

TEST_F(RetryLoopTest, LeavesOutWhatAnEarlierRunHasDone) {
  results.journalled[0] = true;
  EXPECT_TRUE(try_it());
  EXPECT_EQ(executor.attempts, 0);
  EXPECT_EQ(progress.tasks_done.value(), 1U);
}

}  // namespace
}  // namespace pghaul::tasks
