#include "tasks/copy_executor.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "crew/worker.h"
#include "journal/journal.h"
#include "measure/timeline.h"
#include "schema/schema_archive.h"
#include "scripted/scripted_libpq.h"
#include "support/catalog_builder.h"
#include "support/known_rows.h"
#include "tasks/results.h"
#include "tasks/schema_restore.h"
#include "tasks/target_task_log.h"

namespace pghaul::scripted {
namespace {

using plan::TaskKind;

/// A dump of nothing.
schema::SchemaArchive empty_archive() {
  Result<schema::SchemaArchive> archive =
      schema::SchemaArchive::open({{.dump = "/bin/true", .restore = "/bin/true"}}, "", {}, {});
  if (!archive) throw std::runtime_error(archive.error().message);
  return std::move(*archive);
}

/// The copy of one table with a key, whose worker has a session on the target.
class CopyExecutorByScript : public testing::Test {
 protected:
  CopyExecutorByScript() {
    work.emplace(source.catalog, plan, verify::Mode::checksums);
    results.emplace(*work);
    server.expect_opening();
    target = *worker.target();
    server.expect_statement("CREATE SCHEMA …", {done()});
    kept.emplace(*journal::Journal::create(*target, {}, {}, ""));
    log.emplace(*work, *results, progress, *kept, "SELECT still_up");
    executor.emplace(tasks::CopyExecutor::Parts{
        *work, known, schema, after_data, {}, 100, opener(), false, *log, *results, progress});
  }
  tasks::Opener opener() {
    return {[](bool) -> Status { return {}; }, {}, hold, timeline, {}};
  }
  /// The calls for a table that is emptied and filled, of which the server says that it stored so many rows.
  void expect_copy(const std::string& stored) {
    const std::string copies = R"(BEGIN ;TRUNCATE ONLY "public"."orders";COPY "public"."orders")";
    server.expect({{"PQgetResult", kNothing},
                   {"PQsendQuery " + copies + "…", 1},
                   {"PQisBusy", 0},
                   {"PQgetResult", done()},
                   {"PQisBusy", 0},
                   {"PQgetResult", done()},
                   {"PQisBusy", 0},
                   {"PQgetResult", Answer{.status = PGRES_COPY_IN}},
                   {"PQsetnonblocking 1", 0}});
    for (int piece = 0; piece < 3; ++piece)  // header, rows, trailer
      server.expect({{"PQputCopyData …", 1}, {"PQflush", 0}});
    server.expect({{"PQsetnonblocking 0", 0},
                   {"PQputCopyEnd", 1},
                   {"PQisBusy", 0},
                   {"PQgetResult", done(stored)},
                   {"PQgetResult", kNothing}});
  }
  Status execute(TaskKind kind, const std::vector<catalog::Place>& objects) {
    return executor->execute(worker, {.kind = kind, .objects = objects});
  }

  ScriptedLibpq server;
  support::CatalogBuilder source;
  const catalog::Place table = source.table("orders");
  const catalog::Place key = source.key(table);
  const plan::Plan plan{.tables = {{.relation = table}}};
  std::optional<tasks::WorkPlan> work;
  std::optional<tasks::Results> results;
  measure::Progress progress;
  measure::Timeline timeline;
  support::KnownRows known;
  const schema::SchemaArchive archive = empty_archive();
  const tasks::SchemaRestore schema{archive, {}, nullptr, 150000, {}};
  const std::vector<schema::Entry> after_data;
  std::optional<discovery::SourceHold> hold;
  const crew::Worker::Endpoints ends{};
  crew::Worker worker{0, ends};
  postgres::Connection* target = nullptr;
  std::optional<journal::Journal> kept;
  std::optional<tasks::TargetTaskLog> log;
  std::optional<tasks::CopyExecutor> executor;
  const std::string written = "INSERT INTO \"pghaul_journal\".\"done\" (run, ";
};

TEST_F(CopyExecutorByScript, CopiesATableAndItsLineInOneTransaction) {
  expect_copy("5");
  server.expect_statement(written + "…", {done(), done()});
  ASSERT_TRUE(execute(TaskKind::copy, {table}));
  EXPECT_EQ(results->ledger.tally(table).sent.rows, support::KnownRows::kCount);
  EXPECT_EQ(results->frozen[table], 1);
}

TEST_F(CopyExecutorByScript, PostsNothingOfRowsThatTheTargetDidNotStore) {
  expect_copy("4");
  server.expect_statement("ROLLBACK", {done()});
  const Status copied = execute(TaskKind::copy, {table});
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().message, "the target stored 4 of 5 rows of public.orders");
  EXPECT_EQ(results->ledger.tally(table).sent.rows, 0U);
}

TEST_F(CopyExecutorByScript, BuildsAnIndexWithItsLine) {
  server.expect({{"PQgetResult", kNothing},
                 {"PQsendQuery BEGIN ;…", 1},
                 {"PQisBusy", 0},
                 {"PQgetResult", done()},  // BEGIN
                 {"PQisBusy", 0},
                 {"PQgetResult", done()},  // the index
                 {"PQisBusy", 0},
                 {"PQgetResult", rows({})},  // that it is done
                 {"PQisBusy", 0},
                 {"PQgetResult", done()},  // the line
                 {"PQisBusy", 0},
                 {"PQgetResult", rows({})},
                 {"PQisBusy", 0},
                 {"PQgetResult", kNothing}});
  ASSERT_TRUE(execute(TaskKind::index, {source.index_of(key)}));
  EXPECT_EQ(progress.indexes_done.value(), 1U);
}

TEST_F(CopyExecutorByScript, RemembersTheSequencesThatItHasSet) {
  server.expect_statement("BEGIN ;…", {done(), done()});
  server.expect_statement(written + "…", {done(), done()});
  ASSERT_TRUE(execute(TaskKind::sequences, {}));
  ASSERT_EQ(results->sequences.size(), 1U);
}

TEST_F(CopyExecutorByScript, PostsWhatTheSourceSays) {
  server.expect_statement(written + "…", {done()});
  ASSERT_TRUE(execute(TaskKind::read_source, {table}));
  EXPECT_EQ(results->ledger.tally(table).sent.rows, support::KnownRows::kCount);
}

TEST_F(CopyExecutorByScript, NotesThatNothingIsLeftOfTheSchema) {
  server.expect_statement(written + "…", {done()});
  EXPECT_TRUE(execute(TaskKind::post_data, {}));
}

TEST_F(CopyExecutorByScript, HasTasksOfEveryKind) {
  for (std::size_t kind = 0; kind < plan::kTaskKinds; ++kind) {
    crew::Worker nobody{1, ends};
    server.expect({{"PQconnectStartParams", 0}});
    const Status tried = executor->execute(nobody, {.kind = static_cast<TaskKind>(kind), .objects = {table}});
    ASSERT_FALSE(tried) << plan::task_kind_name(static_cast<TaskKind>(kind));
    EXPECT_EQ(tried.error().code, ErrorCode::system) << plan::task_kind_name(static_cast<TaskKind>(kind));
  }
}

}  // namespace
}  // namespace pghaul::scripted
