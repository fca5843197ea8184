#include "tasks/task_reporter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/catalog_builder.h"
#include "tasks/results.h"

namespace pghaul::tasks {
namespace {

using nlohmann::json;
using plan::Milestone;
using plan::Task;
using plan::TaskKind;

/// Tasks of two tables, of which the first is copied in two parts, read back, and has an index.
class TaskReporterTest : public testing::Test {
 protected:
  TaskReporterTest() {
    orders = source.table("orders");
    lines = source.table("lines");
    index = source.index(orders);
    plan.tables = {{.relation = orders, .chunks = 2}, {.relation = lines}};
  }

  void add(Task task) {
    task.milestone = plan::milestone_of(task.kind);
    plan.graph.add(std::move(task));
  }

  /// Makes the reporter, once all tasks are there.
  void begin() {
    work.emplace(source.catalog, plan, verify::Mode::checksums);
    results.emplace(*work);
    reporter.emplace(*work, *results,
                     Observers{.progress = progress,
                               .timeline = timeline,
                               .events = events,
                               .earlier_seconds = earlier_seconds});
  }
  void start(plan::TaskId id) { begun.push_back(reporter->starts(0, plan.graph.tasks[id])); }
  void end(plan::TaskId id, bool done = true) {
    reporter->ends(0, plan.graph.tasks[id], begun.empty() ? 0 : begun.back(), done);
  }
  void do_task(plan::TaskId id) {
    start(id);
    end(id);
  }

  using News = std::vector<std::string>;
  /// Returns what was reported since the last time, in few words.
  News news() {
    News all;
    for (const json& event : std::exchange(heard, {})) {
      std::string line = event.at("event");
      for (const char* key : {"name", "table", "index", "object", "state"})
        if (event.contains(key) && event.at(key).is_string()) line += " " + event.at(key).get<std::string>();
      all.push_back(line);
    }
    return all;
  }
  std::ptrdiff_t times(const std::string& line) { return std::ranges::count(news(), line); }

  support::CatalogBuilder source;
  catalog::Place orders = catalog::kNone;
  catalog::Place lines = catalog::kNone;
  catalog::Place index = catalog::kNone;
  plan::Plan plan;
  double earlier_seconds = 0;
  std::optional<WorkPlan> work;
  std::optional<Results> results;
  measure::Progress progress;
  measure::Timeline timeline;
  std::vector<json> heard;
  measure::Events events{timeline, [this](const std::string& line) { heard.push_back(json::parse(line)); }};
  std::optional<TaskReporter> reporter;
  std::vector<double> begun;
};

TEST_F(TaskReporterTest, TellsOfATableOnceWithItsFirstPartAndOnceWithItsLast) {
  add({.kind = TaskKind::copy, .objects = {orders}});
  add({.kind = TaskKind::copy, .objects = {orders}});
  add({.kind = TaskKind::copy, .objects = {lines}});
  begin();
  start(0);
  EXPECT_EQ(news(), (News{"table public.orders started"}));
  start(1);
  EXPECT_EQ(news(), News{});
  end(0);
  EXPECT_EQ(news(), News{});
  end(1);
  EXPECT_EQ(news(), (News{"table public.orders finished"}));
}

TEST_F(TaskReporterTest, TellsThatTheSourceIsReadOnceItsLastReaderHasEnded) {
  add({.kind = TaskKind::copy, .objects = {orders}});
  add({.kind = TaskKind::copy, .objects = {lines}});
  add({.kind = TaskKind::read_back, .objects = {orders}});
  begin();
  do_task(0);
  EXPECT_EQ(times("milestone source read"), 0);
  do_task(1);
  EXPECT_EQ(times("milestone source read"), 1);
  do_task(2);
  EXPECT_EQ(times("milestone source read"), 0);
}

TEST_F(TaskReporterTest, TellsThatAllIsReadBackOnceItsLastReaderHasEnded) {
  for (const TaskKind kind :
       {TaskKind::read_back, TaskKind::read_back_computed, TaskKind::large_objects_read_back})
    add({.kind = kind, .objects = {orders}});
  add({.kind = TaskKind::copy, .objects = {orders}});
  begin();
  do_task(3);
  do_task(0);
  do_task(1);
  EXPECT_EQ(times("milestone read back"), 0);
  do_task(2);
  EXPECT_EQ(times("milestone read back"), 1);
}

TEST_F(TaskReporterTest, TellsOfAMilestoneOnceAllBeforeItAreReached) {
  add({.kind = TaskKind::copy, .objects = {orders}});
  add({.kind = TaskKind::index, .objects = {index}});
  begin();
  do_task(1);
  EXPECT_EQ(times("milestone indexes"), 0);
  EXPECT_TRUE(results->reached.empty());
  do_task(0);
  EXPECT_EQ(news(), (News{"table public.orders started", "table public.orders finished",
                          "milestone source read", "milestone data", "milestone indexes"}));
  EXPECT_EQ(results->reached.size(), plan::kMilestones);
}

TEST_F(TaskReporterTest, LeavesItToTheEndOfTheCopyToTellThatItIsVerified) {
  add({.kind = TaskKind::read_back, .objects = {orders}});
  begin();
  do_task(0);
  EXPECT_EQ(times("milestone verified"), 0);
  EXPECT_TRUE(results->reached.contains(Milestone::verified));
}

TEST_F(TaskReporterTest, TellsOfTheOpeningHowLongTheApplicationHadToWait) {
  add({.kind = TaskKind::open});
  plan.graph.tasks[0].milestone = Milestone::indexes;
  earlier_seconds = 10;
  begin();
  results->opening.after = Milestone::indexes;
  results->opening.seconds = 2.5;
  do_task(0);
  const json opened = heard.front();
  EXPECT_EQ(opened.at("name"), "indexes");
  EXPECT_EQ(opened.at("open"), true);
  EXPECT_EQ(opened.at("downtime_seconds"), 12.5);
}

TEST_F(TaskReporterTest, DoesNotKnowTheDowntimeOfAnOpeningThatAnEarlierRunDidNotTell) {
  add({.kind = TaskKind::open});
  plan.graph.tasks[0].milestone = Milestone::indexes;
  begin();
  results->opening.after = Milestone::indexes;
  results->opening.before_this_run = true;
  reporter->is_done_already(plan.graph.tasks[0]);
  EXPECT_EQ(heard.front().at("open"), true);
  EXPECT_FALSE(heard.front().contains("downtime_seconds"));
}

TEST_F(TaskReporterTest, TellsNothingOfATaskThatFailedAndNotAgainThatItsTableHasStarted) {
  add({.kind = TaskKind::copy, .objects = {orders}});
  begin();
  start(0);
  static_cast<void>(news());
  end(0, false);
  EXPECT_EQ(news(), News{});
  EXPECT_EQ(results->done[0], 0);
  EXPECT_EQ(progress.tasks_done.value(), 0U);
  do_task(0);
  EXPECT_EQ(news().front(), "table public.orders finished");
  EXPECT_EQ(results->done[0], 1);
  EXPECT_EQ(progress.tasks_done.value(), 1U);
}

TEST_F(TaskReporterTest, RecordsWhoDidWhatAndWhetherItFailed) {
  add({.kind = TaskKind::copy, .objects = {orders}});
  begin();
  reporter->ends(3, plan.graph.tasks[0], reporter->starts(3, plan.graph.tasks[0]), false);
  const std::vector<measure::Span> spans = timeline.spans();
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].worker, 3);
  EXPECT_EQ(spans[0].phase, plan::phase_of(TaskKind::copy));
  EXPECT_EQ(spans[0].what, work->describe(plan.graph.tasks[0]));
  EXPECT_TRUE(spans[0].failed);
}

TEST_F(TaskReporterTest, CountsWhatAnEarlierRunHasDone) {
  add({.kind = TaskKind::copy, .objects = {orders}});
  add({.kind = TaskKind::copy, .objects = {lines}});
  begin();
  results->journalled[0] = true;
  EXPECT_FALSE(reporter->was_done_earlier(plan.graph.tasks[1]));
  EXPECT_EQ(news(), News{});
  EXPECT_TRUE(reporter->was_done_earlier(plan.graph.tasks[0]));
  EXPECT_EQ(results->done[0], 1);
  EXPECT_EQ(progress.tasks_done.value(), 1U);
  do_task(1);
  EXPECT_EQ(times("milestone data"), 1);
}

TEST_F(TaskReporterTest, ComparesATableOnceAllOfItHasComeBack) {
  add({.kind = TaskKind::copy, .objects = {orders}});
  add({.kind = TaskKind::read_back, .objects = {orders}});
  add({.kind = TaskKind::read_back, .objects = {orders}});
  begin();
  (void)results->ledger.sent(orders, {.rows = 5, .bytes = 50, .sum_low = 9}, 1);
  do_task(0);
  results->ledger.came_back(orders, {.rows = 2, .bytes = 20, .sum_low = 4});
  do_task(1);
  EXPECT_EQ(times("verify public.orders"), 0);
  results->ledger.came_back(orders, {.rows = 2, .bytes = 20, .sum_low = 4});
  heard.clear();
  do_task(2);
  const auto verify = std::ranges::find_if(heard, [](const json& e) { return e.at("event") == "verify"; });
  ASSERT_NE(verify, heard.end());
  EXPECT_EQ(verify->at("object"), "public.orders");
  EXPECT_EQ(verify->at("rows"), 4);
  EXPECT_EQ(verify->at("equal"), false);
}

TEST_F(TaskReporterTest, TellsOfARetryWhatFailedAndWhy) {
  add({.kind = TaskKind::copy, .objects = {orders}});
  begin();
  reporter->retries(plan.graph.tasks[0], {ErrorCode::connection_lost, "the server has gone"}, 0.5, 2);
  EXPECT_EQ(heard.front().at("event"), "retry");
  EXPECT_EQ(heard.front().at("object"), work->describe(plan.graph.tasks[0]));
  EXPECT_EQ(heard.front().at("message"), "the server has gone");
  EXPECT_EQ(heard.front().at("attempt"), 2);
}

TEST_F(TaskReporterTest, WarnsOnceOfEachServerThatHasNoSessionLeft) {
  begin();
  const Error full{ErrorCode::connection_failed, "too many clients"};
  for (const postgres::Side side : {postgres::Side::source, postgres::Side::source, postgres::Side::target})
    reporter->retires(side, full);
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_NE(heard[0].at("hint").get<std::string>().find("the source has no session"), std::string::npos);
  EXPECT_NE(heard[1].at("hint").get<std::string>().find("the target has no session"), std::string::npos);
}

TEST_F(TaskReporterTest, TellsOfTheProgressAndSamplesItWithEachTick) {
  begin();
  progress.bytes.add(1000);
  reporter->tick();
  EXPECT_EQ(news(), News{"progress"});
  ASSERT_EQ(timeline.samples().size(), 1U);
  EXPECT_EQ(timeline.samples()[0].bytes, 1000U);
}

}  // namespace
}  // namespace pghaul::tasks
