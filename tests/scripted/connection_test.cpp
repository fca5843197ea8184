#include "postgres/connection.h"

#include <gtest/gtest.h>

#include "postgres/transaction.h"
#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using postgres::Connection;
using postgres::Rows;
using postgres::Side;
using postgres::Transaction;

class ConnectionByScript : public testing::Test {
 protected:
  ScriptedLibpq server;
  Connection connection = server.open();
};

TEST_F(ConnectionByScript, SendsTheBeginOfATransactionInOneMessageWithItsFirstStatement) {
  server.expect_statement("BEGIN ;SELECT 1", {done(), rows({{"1"}})});
  server.expect_statement("COMMIT", {done()});
  Transaction transaction = Transaction::begin(connection);
  EXPECT_EQ(connection.query("SELECT 1")->text(0, 0), "1");
  EXPECT_TRUE(transaction.commit());
}

TEST_F(ConnectionByScript, SendsNothingForATransactionInWhichNothingWasDone) {
  { const Transaction transaction = Transaction::begin(connection); }
}

TEST_F(ConnectionByScript, RunsWhatGoesAheadByItselfWhereAStatementHasParameters) {
  server.expect_statement("BEGIN ;", {done()});
  server.expect({{"PQgetResult", kNothing},
                 {"PQsendQueryParams SELECT $1 | a", 1},
                 {"PQisBusy", 0},
                 {"PQgetResult", rows({{"a"}})},
                 {"PQisBusy", 0},
                 {"PQgetResult", kNothing}});
  server.expect_statement("ROLLBACK", {done()});
  const Transaction transaction = Transaction::begin(connection);
  EXPECT_EQ(connection.query("SELECT $1", {"a"})->text(0, 0), "a");
}

TEST_F(ConnectionByScript, IsLostWhereItBreaksBetweenACommitAndItsAnswer) {
  server.expect_statement("BEGIN ;DELETE", {done(), done("1")});
  server.expect({{"PQgetResult", kNothing},
                 {"PQsendQuery COMMIT", 1},
                 {"PQisBusy", 1, [](ScriptedLibpq& s) { s.close_connection(); }},
                 {"PQconsumeInput", 0},
                 {"PQgetResult", connection_gone()}});
  Transaction transaction = Transaction::begin(connection);
  ASSERT_TRUE(connection.execute("DELETE"));
  const Status committed = transaction.commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ErrorCode::connection_lost);
  EXPECT_EQ(committed.error().message, "the target says: server closed the connection unexpectedly");
}

TEST_F(ConnectionByScript, RollsBackWhereTheLastStatementBeforeTheCommitIsRefused) {
  server.expect_statement("BEGIN ;DELETE", {done(), done("1")});
  server.expect_statement("INSERT; COMMIT", {refusal("23505", "duplicate key")});
  server.expect_statement("ROLLBACK", {done()});
  Transaction transaction = Transaction::begin(connection);
  ASSERT_TRUE(connection.execute("DELETE"));
  const Status committed = transaction.commit("INSERT");
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ErrorCode::server_error);
  EXPECT_EQ(committed.error().sqlstate, "23505");
}

TEST_F(ConnectionByScript, IsLostWhenTheServerShutsDownThoughLibpqHasNotNoticedYet) {
  server.expect_statement("SELECT 1", {refusal("57P01", "terminating connection")});
  EXPECT_EQ(connection.query("SELECT 1").error().code, ErrorCode::connection_lost);
}

TEST_F(ConnectionByScript, IsNotLostWhenTheServerLostAConnectionOfItsOwn) {
  server.expect_statement("SELECT 1", {refusal("08006", "could not receive data from remote server")});
  EXPECT_EQ(connection.query("SELECT 1").error().code, ErrorCode::server_error);
}

TEST_F(ConnectionByScript, IsLostWhenAStatementCannotEvenBeSent) {
  server.expect({{"PQgetResult", kNothing},
                 {"PQsendQuery SELECT 1", 0, [](ScriptedLibpq& s) { s.close_connection(); }}});
  EXPECT_EQ(connection.query("SELECT 1").error().code, ErrorCode::connection_lost);
}

TEST_F(ConnectionByScript, CountsTheScriptsThatWentWellBeforeOneFailed) {
  server.expect({{"PQgetResult", kNothing},
                 {"PQsendQuery a;\nSELECT;\nb;\nSELECT;\n", 1},
                 {"PQisBusy", 0},
                 {"PQgetResult", done()},
                 {"PQisBusy", 0},
                 {"PQgetResult", rows({})},
                 {"PQisBusy", 0},
                 {"PQgetResult", refusal("42P07", "exists already")},
                 {"PQgetResult", kNothing}});
  std::size_t well = 0;
  EXPECT_FALSE(connection.execute_all({"a", "b"}, well));
  EXPECT_EQ(well, 1U);
}

TEST_F(ConnectionByScript, ReadsAllAnswersBeforeItReportsThatOneOfSeveralWasRefused) {
  server.expect({{"PQgetResult", kNothing},
                 {"PQsendQuery SELECT 1;\nSELECT 2;\n", 1},
                 {"PQisBusy", 0},
                 {"PQgetResult", refusal("42501", "permission denied")},
                 {"PQgetResult", kNothing}});
  server.expect_statement("SELECT 3", {rows({{"3"}})});
  EXPECT_EQ(connection.query_all({"SELECT 1", "SELECT 2"}).error().sqlstate, "42501");
  EXPECT_EQ(connection.query("SELECT 3")->integer(0, 0), 3);
}

TEST_F(ConnectionByScript, RefusesFewerAnswersThanThereWereStatements) {
  server.expect_statement("SELECT 1;\nSELECT 2;\n", {rows({{"1"}})});
  const Result<std::vector<Rows>> answers = connection.query_all({"SELECT 1", "SELECT 2"});
  ASSERT_FALSE(answers);
  EXPECT_EQ(answers.error().message, "the target answered 1 of 2 queries");
}

TEST_F(ConnectionByScript, EndsACopyThatAnEarlierStatementHasLeftOpen) {
  server.expect({{"PQgetResult", Answer{.status = PGRES_COPY_IN}},
                 {"PQputCopyEnd ended by another statement", 1},
                 {"PQgetResult", refusal("57014", "COPY from stdin failed")}});
  server.expect_statement("SELECT 1", {rows({{"1"}})});
  EXPECT_TRUE(connection.query("SELECT 1"));
}

TEST_F(ConnectionByScript, ReadsOnWhenOnlyAPartOfTheAnswerHasCome) {
  server.expect({{"PQgetResult", kNothing},
                 {"PQsendQuery SELECT 1", 1},
                 {"PQisBusy", 1, [](ScriptedLibpq& s) { s.send("T"); }},
                 {"PQconsumeInput", 1},
                 {"PQisBusy", 1},
                 {"PQconsumeInput", 1},
                 {"PQisBusy", 0},
                 {"PQgetResult", rows({{"1"}})},
                 {"PQisBusy", 0},
                 {"PQgetResult", kNothing}});
  EXPECT_EQ(connection.query("SELECT 1")->integer(0, 0), 1);
}

TEST(ConnectionSilenceLimit, EndsWhenTheServerAnswersNobody) {
  ScriptedLibpq server;
  Connection connection = server.open(Side::source, std::chrono::seconds(0));
  server.expect({{"PQgetResult", kNothing},
                 {"PQsendQuery SELECT 1", 1},
                 {"PQisBusy", 1},
                 {"PQconsumeInput", 1},
                 {"PQisBusy", 1}});
  const Result<Rows> answer = connection.query("SELECT 1");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::connection_lost);
  EXPECT_EQ(answer.error().message, "the source has not answered for 0 s");
}

TEST(ConnectionSilenceLimit, LastsWhileTheServerAnswersANewConnectionBeItByARefusal) {
  ScriptedLibpq server;
  Connection connection = server.open(Side::source, std::chrono::seconds(1));
  const auto refused = [](ScriptedLibpq& s) {
    s.status = CONNECTION_BAD;
    s.message = "FATAL:  53300: sorry, too many clients already\n";
    s.send("T");  // and the answer comes, to the other connection
  };
  const auto works = [](ScriptedLibpq& s) { s.status = CONNECTION_OK; };
  server.expect({{"PQgetResult", kNothing},
                 {"PQsendQuery SELECT 1", 1},
                 {"PQisBusy", 1},
                 {"PQconsumeInput", 1},
                 {"PQisBusy", 1},
                 {"PQconnectStartParams", 1, refused},
                 {"PQconsumeInput", 1, works},
                 {"PQisBusy", 0},
                 {"PQgetResult", rows({{"1"}})},
                 {"PQisBusy", 0},
                 {"PQgetResult", kNothing}});
  EXPECT_TRUE(connection.query("SELECT 1"));
}

TEST(OpeningAConnection, PutsAwayTheServersStatementTimeoutFirstWhereThatEndsTheSettings) {
  ScriptedLibpq server;
  server.expect({{"PQconnectStartParams", 1},
                 {"PQconnectPoll", PGRES_POLLING_OK},
                 {"PQsendQuery SET statement_timeout = 0;SET …", 1},
                 {"PQisBusy", 0},
                 {"PQisBusy", 0},
                 {"PQgetResult", refusal("57014", "canceling statement due to statement timeout")},
                 {"PQisBusy", 0},
                 {"PQgetResult", kNothing},
                 {"PQsendQuery SET statement_timeout = 0;", 1},
                 {"PQisBusy", 0},
                 {"PQisBusy", 0},
                 {"PQgetResult", done()},
                 {"PQisBusy", 0},
                 {"PQgetResult", kNothing},
                 {"PQsendQuery SET tcp_keepalives_idle…", 1},
                 {"PQisBusy", 0},
                 {"PQisBusy", 0},
                 {"PQgetResult", rows({{"12"}})},
                 {"PQisBusy", 0},
                 {"PQgetResult", kNothing}});
  const Result<Connection> opened = Connection::open({}, Side::source);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->session(), 12);
}

TEST(OpeningAConnection, EndsWithTheServersOwnReasonAndItsSqlstate) {
  ScriptedLibpq server;
  server.expect({{"PQconnectStartParams", 1},
                 {"PQconnectPoll", PGRES_POLLING_FAILED, [](ScriptedLibpq& s) {
                    s.status = CONNECTION_BAD;
                    s.message = "FATAL:  3D000: database \"shop\" does not exist\nLOCATION:  InitPostgres\n";
                  }}});
  const Result<Connection> opened = Connection::open({}, Side::source);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::connection_failed);
  EXPECT_EQ(opened.error().sqlstate, "3D000");
  EXPECT_EQ(opened.error().message, "cannot connect to the source: FATAL:  database \"shop\" does not exist");
}

TEST(OpeningAConnection, IsGivenUpWhenAStopIsRequestedMeanwhile) {
  ScriptedLibpq server;
  std::stop_source stop;
  server.expect({{"PQconnectStartParams", 1},
                 {"PQconnectPoll", PGRES_POLLING_WRITING, [&](ScriptedLibpq&) { stop.request_stop(); }}});
  const Result<Connection> opened = Connection::open({}, Side::source, {}, stop.get_token());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace pghaul::scripted
