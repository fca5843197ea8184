#include "postgres/statement_pipeline.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using postgres::Rows;
using postgres::StatementPipeline;

/// A pipeline that notes what it is answered.
class StatementPipelineByScript : public testing::Test {
 protected:
  StatementPipelineByScript() {
    server.expect({{"PQgetResult", kNothing}, {"PQenterPipelineMode", 1}, {"PQsetnonblocking 1", 0}});
    Result<StatementPipeline> begun = StatementPipeline::begin(
        connection,
        [this](const Result<Rows>& answer) -> Status {
          answers.push_back(answer ? "" : answer.error().sqlstate);
          if (!answer && refusals_end_it) return fail(answer.error());
          return {};
        },
        stop.get_token());
    pipeline.emplace(std::move(begun.value()));
  }
  void expect_answer(const Answer& answer) { server.expect({{"PQisBusy", 0}, {"PQgetResult", answer}}); }
  /// The end of a statement's answer, which a sync has not.
  void expect_end() { server.expect({{"PQisBusy", 0}, {"PQgetResult", kNothing}}); }

  ScriptedLibpq server;
  postgres::Connection connection = server.open();
  std::stop_source stop;
  std::vector<std::string> answers;  // the SQLSTATE of each, empty for those that went well
  bool refusals_end_it = false;
  std::optional<StatementPipeline> pipeline;
};

TEST_F(StatementPipelineByScript, SendsAllBeforeItReadsTheFirstAnswer) {
  server.expect({{"PQsendPrepare ins | INSERT", 1},
                 {"PQsendQueryPrepared ins | 1 | \\N", 1},
                 {"PQpipelineSync", 1},
                 {"PQsendFlushRequest", 1},
                 {"PQflush", 0},
                 {"PQconsumeInput", 1}});
  expect_answer(done());
  expect_end();
  expect_answer(done("1"));
  expect_end();
  expect_answer({.status = PGRES_PIPELINE_SYNC});
  const std::array<const char*, 2> values = {"1", nullptr};
  ASSERT_TRUE(pipeline->prepare("ins", "INSERT"));
  ASSERT_TRUE(pipeline->execute("ins", values));
  ASSERT_TRUE(pipeline->sync());
  EXPECT_TRUE(answers.empty());
  ASSERT_TRUE(pipeline->await_answers());
  EXPECT_EQ(answers, (std::vector<std::string>{"", ""}));
}

TEST_F(StatementPipelineByScript, GivesARefusalToItsHookAndGoesOnWhereThatSaysSo) {
  server.expect({{"PQsendQueryParams a", 1},
                 {"PQsendQueryParams b", 1},
                 {"PQsendFlushRequest", 1},
                 {"PQflush", 0},
                 {"PQconsumeInput", 1}});
  expect_answer(refusal("23505", "duplicate key"));
  expect_end();
  expect_answer({.status = PGRES_PIPELINE_ABORTED});
  ASSERT_TRUE(pipeline->run("a"));
  ASSERT_TRUE(pipeline->run("b"));
  ASSERT_TRUE(pipeline->await_answers());
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers.front(), "23505");
}

TEST_F(StatementPipelineByScript, EndsWithTheErrorOfItsHook) {
  refusals_end_it = true;
  server.expect(
      {{"PQsendQueryParams a", 1}, {"PQsendFlushRequest", 1}, {"PQflush", 0}, {"PQconsumeInput", 1}});
  expect_answer(refusal("23505", "duplicate key"));
  ASSERT_TRUE(pipeline->run("a"));
  const Status waited = pipeline->await_answers();
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().sqlstate, "23505");
}

TEST_F(StatementPipelineByScript, ReadsAnswersWhileTheServerTakesNoMore) {
  server.expect({{"PQsendQueryParams a", 1},
                 {"PQsendFlushRequest", 1},
                 {"PQflush", 1},
                 {"PQconsumeInput", 1},
                 {"PQisBusy", 1},
                 {"PQflush", 0},
                 {"PQconsumeInput", 1}});
  expect_answer(done());
  ASSERT_TRUE(pipeline->run("a"));
  EXPECT_TRUE(pipeline->await_answers());
}

TEST_F(StatementPipelineByScript, GivesTheRowsOfAQueryToWhomeverAsksAndNotToTheHook) {
  server.expect({{"PQsendQueryParams SELECT $1 | 7", 1},
                 {"PQsendFlushRequest", 1},
                 {"PQflush", 0},
                 {"PQconsumeInput", 1}});
  expect_answer(rows({{"7"}}));
  const Result<Rows> answer = pipeline->query("SELECT $1", {"7"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->integer(0, 0), 7);
  EXPECT_TRUE(answers.empty());
}

TEST_F(StatementPipelineByScript, IsLostWhenTheServerGoesAwayBeforeItAnswers) {
  server.expect({{"PQsendQueryParams a", 1},
                 {"PQsendFlushRequest", 1},
                 {"PQflush", 0},
                 {"PQconsumeInput", 0, [](ScriptedLibpq& s) { s.close_connection(); }}});
  ASSERT_TRUE(pipeline->run("a"));
  EXPECT_EQ(pipeline->await_answers().error().code, ErrorCode::connection_lost);
}

TEST_F(StatementPipelineByScript, HearsAStopWhileItWaits) {
  server.expect({{"PQsendQueryParams a", 1},
                 {"PQsendFlushRequest", 1},
                 {"PQflush", 0},
                 {"PQconsumeInput", 1},
                 {"PQisBusy", 1, [this](ScriptedLibpq&) { stop.request_stop(); }}});
  ASSERT_TRUE(pipeline->run("a"));
  EXPECT_EQ(pipeline->await_answers().error().code, ErrorCode::interrupted);
}

TEST_F(StatementPipelineByScript, BeginsToSendBeforeMuchWaitsInLibpq) {
  const std::string statement = "SELECT '" + std::string(65'536, 'x') + "'";
  server.expect({{"PQsendQueryParams SELECT…", 1}, {"PQflush", 1}, {"PQconsumeInput", 1}, {"PQisBusy", 1}});
  EXPECT_TRUE(pipeline->run(statement));
}

TEST(StatementPipelineBeginning, FailsOnALostConnection) {
  ScriptedLibpq server;
  postgres::Connection connection = server.open();
  server.expect({{"PQgetResult", kNothing},
                 {"PQenterPipelineMode", 0, [](ScriptedLibpq& s) { s.close_connection(); }}});
  EXPECT_EQ(StatementPipeline::begin(connection, {}, {}).error().code, ErrorCode::connection_lost);
}

}  // namespace
}  // namespace pghaul::scripted
