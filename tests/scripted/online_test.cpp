#include "tasks/online.h"

#include <gtest/gtest.h>

#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using tasks::build_concurrently;

class BuildConcurrentlyByScript : public testing::Test {
 protected:
  void expect_found(std::vector<std::vector<std::string>> valid) {
    server.expect_statement(
        "SELECT indisvalid FROM pg_catalog.pg_index WHERE indexrelid = "
        "pg_catalog.to_regclass('\"public\".\"by_day\"')",
        {rows(std::move(valid))});
  }
  void expect_build(const Answer& answer) {
    server.expect_statement("SET default_tablespace = ''", {done()});
    server.expect_statement("CREATE INDEX CONCURRENTLY by_day ON public.orders USING btree (day)", {answer});
  }

  catalog::IndexInfo index{.name = {"public", "by_day"},
                           .definition = "CREATE INDEX by_day ON public.orders USING btree (day)"};
  catalog::Relation orders{.name = {"public", "orders"}};
  ScriptedLibpq server;
  postgres::Connection target = server.open();
};

TEST_F(BuildConcurrentlyByScript, BuildsAnIndexThatIsNotThere) {
  expect_found({});
  expect_build(done());
  EXPECT_TRUE(build_concurrently(target, index, orders));
}

TEST_F(BuildConcurrentlyByScript, DropsFirstWhatAnEarlierAttemptHasLeftUnfinished) {
  expect_found({{"f"}});
  server.expect_statement("DROP INDEX CONCURRENTLY \"public\".\"by_day\"", {done()});
  expect_build(done());
  EXPECT_TRUE(build_concurrently(target, index, orders));
}

TEST_F(BuildConcurrentlyByScript, LeavesAValidOneAsItIsButForItsMarks) {
  index.clustered = true;
  expect_found({{"t"}});
  server.expect_statement(
      "BEGIN ;SET LOCAL lock_timeout = '2s';ALTER TABLE \"public\".\"orders\" CLUSTER ON \"by_day\";\n; "
      "COMMIT",
      {done(), done(), done(), done()});
  EXPECT_TRUE(build_concurrently(target, index, orders));
}

TEST_F(BuildConcurrentlyByScript, GivesTheServersRefusal) {
  expect_found({});
  expect_build(refusal("23505", "could not create unique index"));
  EXPECT_EQ(build_concurrently(target, index, orders).error().sqlstate, "23505");
}

}  // namespace
}  // namespace pghaul::scripted
