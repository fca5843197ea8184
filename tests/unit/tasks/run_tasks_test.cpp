#include "tasks/run_tasks.h"

#include <algorithm>
#include <mutex>
#include <vector>

#include "measure/events.h"
#include "tasks/task_executor.h"
#include "tasks/task_log.h"
#include "unit/tasks/planned_run.h"

namespace pghaul::tasks {
namespace {

using plan::TaskKind;

/// Notes the tasks that it is given, and fails at one kind.
class Recorder final : public TaskExecutor {
 public:
  Status execute(crew::Worker&, const plan::Task& task) override {
    const std::lock_guard lock(mutex_);
    if (task.kind == fails) return fail(ErrorCode::server_error, "disk full");
    done.push_back(task.kind);
    return {};
  }

  std::optional<TaskKind> fails;
  std::vector<TaskKind> done;

 private:
  std::mutex mutex_;
};

/// A table that is copied, gets an index and is read back, each after the other.
class RunTasks : public PlannedRun {
 protected:
  using Done = std::vector<std::vector<TaskKind>>;

  RunTasks() {
    const catalog::Place table = source.table("orders");
    const catalog::Place index = source.index(table);
    plan.tables.push_back({.relation = table});
    plan.graph.add({.kind = TaskKind::copy, .objects = {table}});
    plan.graph.add({.kind = TaskKind::index, .objects = {index}, .after = {0}});
    plan.graph.add({.kind = TaskKind::read_back, .objects = {table}, .after = {1}});
    begin();
  }
  Status run() {
    LedgerOnly log(*work, *results, progress);
    return run_tasks(*work, executor, log, *results, {.workers = 2, .ends = ends, .stop = stop.get_token()},
                     {progress, timeline, events},
                     [this] { done_when_source_was_read.push_back(executor.done); });
  }

  Recorder executor;
  const crew::Worker::Endpoints ends{};
  std::stop_source stop;
  measure::Timeline timeline;
  measure::Events events{timeline, {}};
  Done done_when_source_was_read;
};

TEST_F(RunTasks, DoesEachTaskAfterThoseThatItNeeds) {
  ASSERT_TRUE(run());
  EXPECT_EQ(executor.done, (std::vector{TaskKind::copy, TaskKind::index, TaskKind::read_back}));
  EXPECT_TRUE(std::ranges::all_of(results->done, [](char done) { return done != 0; }));
}

TEST_F(RunTasks, SaysOnceThatTheSourceIsNotNeededAnyMore) {
  ASSERT_TRUE(run());
  EXPECT_EQ(done_when_source_was_read, (Done{{TaskKind::copy}}));
}

TEST_F(RunTasks, SaysAtOnceThatNothingIsReadFromTheSource) {
  plan.graph.tasks[0].kind = TaskKind::refresh;
  ASSERT_TRUE(run());
  EXPECT_EQ(done_when_source_was_read, (Done{std::vector<TaskKind>()}));
}

TEST_F(RunTasks, EndsWithTheFirstFailure) {
  executor.fails = TaskKind::index;
  const Status ended = run();
  ASSERT_FALSE(ended);
  EXPECT_NE(ended.error().message.find("disk full"), std::string::npos) << ended.error().message;
  EXPECT_EQ(executor.done, std::vector{TaskKind::copy});
}

TEST_F(RunTasks, EndsWhenItIsStopped) {
  stop.request_stop();
  EXPECT_EQ(run().error().code, ErrorCode::interrupted);
}

TEST_F(RunTasks, KnowsBeforehandHowMuchThereIsToDo) {
  ASSERT_TRUE(run());
  EXPECT_EQ(progress.tasks_total, 3U);
  EXPECT_EQ(progress.tables_total, 1U);
  EXPECT_EQ(progress.indexes_total, 1U);
}

}  // namespace
}  // namespace pghaul::tasks
