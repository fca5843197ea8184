#include "journal/journal.h"

#include <gtest/gtest.h>

#include "measure/version.h"
#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using journal::DoneEntry;
using journal::Journal;

const char* const kThisDatabase =
    "SELECT (SELECT system_identifier FROM pg_catalog.pg_control_system())::text || '/' || oid"
    " FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()";

class JournalByScript : public testing::Test {
 protected:
  /// A journal in the schema pghaul_journal, of the run with this number.
  Journal made(int run = 1) {
    server.expect_statement("CREATE SCHEMA \"pghaul_journal\";…", {done()});
    Journal::Header header;
    header.run = run;
    Result<Journal> journal = Journal::create(target, header, {}, "");
    EXPECT_TRUE(journal);
    return *journal;
  }
  /// Expects the first questions of find(): which database this is, and which schemas look like a journal's.
  void expect_search(const std::vector<std::string>& schemas) {
    std::vector<std::vector<std::string>> names;
    for (const std::string& schema : schemas) names.push_back({schema});
    server.expect({{"PQgetResult", kNothing},
                   {std::string("PQsendQuery ") + kThisDatabase + ";\n…", 1},
                   {"PQisBusy", 0},
                   {"PQgetResult", rows({{"7412/5"}})},
                   {"PQisBusy", 0},
                   {"PQgetResult", rows(names)},
                   {"PQisBusy", 0},
                   {"PQgetResult", kNothing}});
  }
  static Answer job(const std::string& format, const std::string& database, const std::string& stage) {
    return rows({{format, database, "0.3", "2026-11-29T20:00:00Z", "11/12", "shop on db:5432",
                  "10:12:", "00ff", "r 1", "abcd", "8", stage, "4", "t"}});
  }

  ScriptedLibpq server;
  postgres::Connection target = server.open();
};

TEST_F(JournalByScript, IsNotFoundWhereNoSchemaLooksLikeOne) {
  expect_search({});
  const Result<std::optional<Journal>> found = Journal::find(target);
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
}

TEST_F(JournalByScript, IsFoundWithWhatItsHeaderSays) {
  expect_search({"pghaul_journal_2"});
  server.expect_statement("SELECT format, target, version, …", {job("1", "7412/5", "opened")});
  server.expect_statement("SELECT o.key, o.value FROM \"pghaul_journal_2\".\"job\", …",
                          {rows({{"jobs", "8"}, {"open-after", "indexes"}})});
  const Result<std::optional<Journal>> found = Journal::find(target);
  ASSERT_TRUE(found && *found);
  const Journal::Header& header = (*found)->header();
  EXPECT_EQ((*found)->schema(), "pghaul_journal_2");
  EXPECT_EQ(header.version, "0.3");
  EXPECT_EQ(header.source, "11/12");
  EXPECT_EQ(header.source_state, "10:12:");
  EXPECT_EQ(header.sizes, "r 1");
  EXPECT_EQ(header.plan, "abcd");
  EXPECT_EQ(header.jobs, 8);
  EXPECT_EQ(header.stage, Journal::Stage::opened);
  EXPECT_EQ(header.run, 4);
  EXPECT_TRUE(header.split);
  EXPECT_EQ(header.options.at("open-after"), "indexes");
}

TEST_F(JournalByScript, OfAnotherDatabaseThatWasCopiedAlongIsPassedOver) {
  expect_search({"pghaul_journal"});
  server.expect_statement("SELECT format, target, version, …", {job("1", "7412/6", "tasks")});
  const Result<std::optional<Journal>> found = Journal::find(target);
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
}

TEST_F(JournalByScript, OfAnotherFormatOrStageIsRefusedWithTheVersionThatWroteIt) {
  for (const auto& [format, stage] : {std::pair("2", "tasks"), std::pair("1", "on the moon")}) {
    expect_search({"pghaul_journal"});
    server.expect_statement("SELECT format, target, version, …", {job(format, "7412/5", stage)});
    const Result<std::optional<Journal>> found = Journal::find(target);
    ASSERT_FALSE(found) << stage;
    EXPECT_EQ(found.error().code, ErrorCode::refused);
    EXPECT_NE(found.error().message.find("written by pghaul 0.3"), std::string::npos);
  }
}

TEST_F(JournalByScript, IsMadeInASchemaThatTheCopyWillNotMake) {
  server.expect_statement("CREATE SCHEMA \"pghaul_journal_3\";…", {done()});
  const Result<Journal> made =
      Journal::create(target, {}, {"public", "pghaul_journal", "pghaul_journal_2"}, "");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->schema(), "pghaul_journal_3");
  EXPECT_EQ(made->header().version, measure::kVersion);
  EXPECT_EQ(made->header().stage, Journal::Stage::pre_data);
}

TEST_F(JournalByScript, TakesTheOldOnesPlaceInOneTransaction) {
  server.expect_statement("DROP SCHEMA \"old\" CASCADE;CREATE SCHEMA \"pghaul_journal\";…", {done()});
  EXPECT_TRUE(Journal::create(target, {}, {}, "old"));
}

TEST_F(JournalByScript, WritesALineForEachObjectOfATask) {
  const Journal journal = made(3);
  const std::vector<DoneEntry> lines = {
      {.object = 5, .digest = {.rows = 7, .bytes = 70, .sum_low = 0xab}, .seconds = 1.5},
      {.object = catalog::kNone, .seconds = 0}};
  EXPECT_EQ(journal.insert(12, lines, Journal::Lasts::for_good),
            "INSERT INTO \"pghaul_journal\".\"done\" (run, task, object, rows, bytes, digest, seconds) VALUES"
            " (3, 12, 5, 7, 70, '000000000000000000000000000000ab', 1.500000),"
            " (3, 12, -1, 0, 0, '00000000000000000000000000000000', 0.000000)");
}

TEST_F(JournalByScript, WritesALineForATaskThatHasNone) {
  EXPECT_NE(made().insert(12, {}, Journal::Lasts::for_good).find("VALUES (1, 12, -1, 0, 0, '"),
            std::string::npos);
}

TEST_F(JournalByScript, KeepsLinesAboutUnloggedTablesInAnUnloggedTable) {
  EXPECT_TRUE(made()
                  .insert(12, {}, Journal::Lasts::until_crash)
                  .starts_with("INSERT INTO \"pghaul_journal\".\"done_until_crash\" (run, "));
}

TEST_F(JournalByScript, LetsTheServerMeasureWorkOfTheSameMessageAndDividesItAmongTheObjects) {
  const Journal journal = made();
  const std::string measured =
      "extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp()) / ";
  const std::string two = journal.insert_with_work(12, {5, 6});
  EXPECT_NE(two.find("(1, 12, 5, "), std::string::npos);
  EXPECT_NE(two.find("(1, 12, 6, "), std::string::npos);
  EXPECT_NE(two.find(measured + "2)"), std::string::npos) << two;
  EXPECT_NE(journal.insert_with_work(12, {}).find(measured + "1)"), std::string::npos);
}

TEST_F(JournalByScript, IsWrittenUnderTheNextNumberByARunThatTakesItOver) {
  Journal journal = made(3);
  server.expect_statement("UPDATE \"pghaul_journal\".\"job\" SET run = run + 1 WHERE run = 3", {done("1")});
  ASSERT_TRUE(journal.claim(target));
  EXPECT_NE(journal.insert(12, {}, Journal::Lasts::for_good).find("VALUES (4, 12, "), std::string::npos);
}

TEST_F(JournalByScript, EntersAStageOnlyWhileNobodyHasTakenItOver) {
  Journal journal = made(3);
  server.expect_statement("UPDATE \"pghaul_journal\".\"job\" SET stage = 'tasks' WHERE run = 3", {done("1")});
  EXPECT_TRUE(journal.enter(target, Journal::Stage::tasks));
  EXPECT_EQ(journal.header().stage, Journal::Stage::tasks);
  server.expect_statement("UPDATE \"pghaul_journal\".\"job\" SET stage = 'at the end' WHERE run = 3",
                          {done("0")});
  const Status entered = journal.enter(target, Journal::Stage::at_the_end);
  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().code, ErrorCode::refused);
  EXPECT_EQ(journal.header().stage, Journal::Stage::tasks);
}

TEST_F(JournalByScript, IsReadAsLinesOfEachTask) {
  const Journal journal = made();
  const std::string digest(32, '1');
  server.expect_statement("SELECT task, object, rows, bytes, digest, seconds FROM (SELECT …",
                          {rows({{"3", "5", "7", "70", digest, "1.5"},
                                 {"3", "6", "8", "80", digest, "2"},
                                 {"9", "-1", "0", "0", digest, "0"}})});
  const Result<Journal::Done> done = journal.read(target);
  ASSERT_TRUE(done);
  ASSERT_EQ(done->size(), 2U);
  ASSERT_EQ(done->at(3).size(), 2U);
  EXPECT_EQ(done->at(3)[1].object, 6U);
  EXPECT_EQ(done->at(3)[1].digest.rows, 8U);
  EXPECT_EQ(done->at(3)[0].seconds, 1.5);
  EXPECT_EQ(done->at(3)[0].digest.hex(), digest);
  EXPECT_EQ(done->at(9)[0].object, catalog::kNone);
}

TEST_F(JournalByScript, IsRefusedWhereADigestIsNone) {
  const Journal journal = made();
  server.expect_statement("SELECT task, …", {rows({{"3", "5", "7", "70", "a lie", "1.5"}})});
  const Result<std::vector<DoneEntry>> lines = journal.read(target, 3);
  ASSERT_FALSE(lines);
  EXPECT_EQ(lines.error().code, ErrorCode::refused);
  EXPECT_NE(lines.error().hint.find("--confirm"), std::string::npos);
}

TEST_F(JournalByScript, ForgetsATaskInBothTables) {
  const Journal journal = made();
  server.expect_statement(
      "DELETE FROM \"pghaul_journal\".\"done\" WHERE task = 3;"
      " DELETE FROM \"pghaul_journal\".\"done_until_crash\" WHERE task = 3",
      {done()});
  EXPECT_TRUE(journal.forget(target, 3));
}

TEST_F(JournalByScript, IsRemovedWithEventTriggersOffAndOnAgainAsTheyWere) {
  const Journal journal = made();
  server.expect_statement("SELECT pg_catalog.format('ALTER EVENT TRIGGER %I DISABLE', evtname),…",
                          {rows({{"ALTER EVENT TRIGGER e DISABLE", "ALTER EVENT TRIGGER e ENABLE ALWAYS"}})});
  server.expect_statement(
      "BEGIN ;SET LOCAL synchronous_commit = local;ALTER EVENT TRIGGER e DISABLE;"
      "DROP SCHEMA \"pghaul_journal\" CASCADE;ALTER EVENT TRIGGER e ENABLE ALWAYS;; COMMIT",
      {done(), done()});
  EXPECT_TRUE(journal.remove(target));
}

TEST(JournalHeader, KnowsThatAnApplicationHasBeenLetInEarly) {
  Journal::Header header;
  header.options = {{"open-after", "indexes"}};
  header.stage = Journal::Stage::tasks;
  EXPECT_FALSE(header.opened());
  for (const Journal::Stage stage : {Journal::Stage::opened, Journal::Stage::at_the_end}) {
    header.stage = stage;
    EXPECT_TRUE(header.opened());
  }
  header.options = {{"open-after", "verified"}};
  EXPECT_FALSE(header.opened());
  header.options = {};
  EXPECT_FALSE(header.opened());
}

}  // namespace
}  // namespace pghaul::scripted
