#include "tasks/target_task_log.h"

#include <gtest/gtest.h>

#include <memory>

#include "crew/worker.h"
#include "journal/journal.h"
#include "scripted/scripted_libpq.h"
#include "tasks/results.h"
#include "tasks/work_plan.h"

namespace pghaul::scripted {
namespace {

using plan::Task;
using plan::TaskKind;
using postgres::Transaction;
using tasks::TargetTaskLog;

catalog::Catalog one_table() {
  catalog::Catalog catalog;
  catalog.relations.push_back({.oid = 20000, .name = {"public", "orders"}});
  return catalog;
}

plan::Plan copy_of_it() {
  plan::Plan plan;
  plan.tables.push_back({.relation = 0});
  plan.graph.add({.kind = TaskKind::copy, .objects = {0}});
  return plan;
}

/// The copy of one table, whose worker has a session on the target.
class TargetTaskLogByScript : public testing::Test {
 protected:
  TargetTaskLogByScript() {
    server.expect_opening();
    target = *worker.target();
    server.expect_statement("CREATE SCHEMA …", {done()});
    kept.emplace(*journal::Journal::create(*target, {}, {}, ""));
    log.emplace(work, results, progress, *kept, "SELECT still_up");
  }

  /// Whether the ledger has the rows of the table.
  [[nodiscard]] bool posted() const { return results.ledger.tally(0).sent.rows == 7; }

  ScriptedLibpq server;
  const catalog::Catalog source = one_table();
  const plan::Plan plan = copy_of_it();
  const Task& task = plan.graph.tasks[0];
  const journal::DoneEntries lines = {{.object = 0, .digest = {.rows = 7, .bytes = 70}, .seconds = 1}};
  const std::string written = "INSERT INTO \"pghaul_journal\".\"done\" (run, ";
  const tasks::WorkPlan work{source, plan, verify::Mode::checksums};
  tasks::Results results{work};
  measure::Progress progress;
  const crew::Worker::Endpoints ends{};
  crew::Worker worker{0, ends};
  postgres::Connection* target = nullptr;
  std::optional<journal::Journal> kept;
  std::optional<TargetTaskLog> log;
};

TEST_F(TargetTaskLogByScript, CommitsATaskWithItsLinesInOneMessage) {
  server.expect_statement("BEGIN ;work", {done(), done()});
  server.expect_statement(written + "…", {done(), done()});
  Transaction transaction = Transaction::begin(*target);
  ASSERT_TRUE(target->execute("work"));
  ASSERT_TRUE(log->commit_task(task, transaction, lines));
  EXPECT_TRUE(posted());
}

TEST_F(TargetTaskLogByScript, PostsNothingOfATaskThatWasNotCommitted) {
  server.expect_statement("BEGIN ;work", {done(), done()});
  server.expect_statement(written + "…", {refusal("40001", "could not serialize")});
  server.expect_statement("ROLLBACK", {done()});
  Transaction transaction = Transaction::begin(*target);
  ASSERT_TRUE(target->execute("work"));
  const Status committed = log->commit_task(task, transaction, lines);
  ASSERT_FALSE(committed);
  EXPECT_TRUE(committed.error().message.starts_with("committing " + work.describe(task)))
      << committed.error().message;
  EXPECT_FALSE(posted());
}

/// The calls for two scripts and the line about them, of which this many go well before one is refused.
void expect_scripts(ScriptedLibpq& server, int good) {
  server.expect({{"PQgetResult", kNothing},
                 {"PQsendQuery BEGIN ;CREATE a;\nSELECT;\nCREATE b;\nSELECT;\nINSERT INTO …", 1},
                 {"PQisBusy", 0},
                 {"PQgetResult", done()}});  // BEGIN
  for (int script = 0; script < good; ++script) {
    server.expect({{"PQisBusy", 0}, {"PQgetResult", done()}, {"PQisBusy", 0}, {"PQgetResult", rows({})}});
  }
}

TEST_F(TargetTaskLogByScript, CommitsScriptsWithALineForEachObject) {
  expect_scripts(server, 4);
  server.expect({{"PQisBusy", 0}, {"PQgetResult", kNothing}});
  Transaction transaction = Transaction::begin(*target);
  EXPECT_TRUE(
      log->commit_scripts(task, transaction, {{0, "CREATE a", "creating a"}, {0, "CREATE b", "creating b"}}));
}

TEST_F(TargetTaskLogByScript, SaysWhichOfTheScriptsFailed) {
  expect_scripts(server, 1);
  server.expect(
      {{"PQisBusy", 0}, {"PQgetResult", refusal("42P07", "exists already")}, {"PQgetResult", kNothing}});
  server.expect_statement("ROLLBACK", {done()});
  Transaction transaction = Transaction::begin(*target);
  const Status committed =
      log->commit_scripts(task, transaction, {{0, "CREATE a", "creating a"}, {0, "CREATE b", "creating b"}});
  ASSERT_FALSE(committed);
  EXPECT_TRUE(committed.error().message.starts_with("creating b")) << committed.error().message;
}

TEST_F(TargetTaskLogByScript, NotesATaskThatIsCommittedAlready) {
  server.expect_statement(written + "…", {done()});
  EXPECT_TRUE(log->journal_done(worker, task, lines));
  EXPECT_TRUE(posted());
}

TEST_F(TargetTaskLogByScript, PostsNothingThatCouldNotBeNoted) {
  server.expect_statement(written + "…", {refusal("53100", "disk full")});
  EXPECT_FALSE(log->journal_done(worker, task, lines));
  EXPECT_FALSE(posted());
}

TEST_F(TargetTaskLogByScript, FindsWhatALostAttemptHasCommitted) {
  server.expect_statement("SELECT task, …", {rows({{"0", "0", "7", "70", std::string(32, '0'), "1"}})});
  EXPECT_TRUE(log->was_committed(worker, task).value());
  EXPECT_TRUE(posted());
}

TEST_F(TargetTaskLogByScript, FindsNothingOfAnAttemptThatCameToNothing) {
  server.expect_statement("SELECT task, …", {rows({})});
  EXPECT_FALSE(log->was_committed(worker, task).value());
  EXPECT_FALSE(posted());
}

TEST_F(TargetTaskLogByScript, HoldsWhileTheTargetHasNotRestarted) {
  for (const char* answer : {"t", "f"}) {
    server.expect_statement("SELECT still_up", {rows({{answer}})});
    EXPECT_EQ(log->still_holds(worker).value(), answer[0] == 't');
  }
}

TEST_F(TargetTaskLogByScript, EntersThatTheApplicationIsLetIn) {
  server.expect_statement("UPDATE \"pghaul_journal\".\"job\" SET stage = 'opened' WHERE run = 1",
                          {done("1")});
  EXPECT_TRUE(log->enter_opening(*target));
}

}  // namespace
}  // namespace pghaul::scripted
