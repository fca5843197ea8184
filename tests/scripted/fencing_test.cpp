#include <gtest/gtest.h>

#include "fencing/blockers.h"
#include "fencing/fence.h"
#include "fencing/under_lock.h"
#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using fencing::Blocker;
using fencing::Fence;
using fencing::FencedTable;

const char* const kLocked = "canceling statement due to lock timeout";

class FencingByScript : public testing::Test {
 protected:
  ScriptedLibpq server;
  postgres::Connection connection = server.open(postgres::Side::source);
};

TEST_F(FencingByScript, TriesAgainForATableThatIsKeptForAMoment) {
  const std::string transaction =
      "BEGIN; SET LOCAL lock_timeout = 100; SET LOCAL synchronous_commit = off; DROP TRIGGER t ON a; COMMIT";
  for (const char* const sqlstate : {"55P03", "40P01"}) {
    server.expect_statement(transaction, {refusal(sqlstate, kLocked)});
    server.expect_statement("ROLLBACK", {done()});
  }
  server.expect_statement(transaction, {done()});
  EXPECT_TRUE(fencing::run_under_lock(connection, "DROP TRIGGER t ON a"));
}

TEST_F(FencingByScript, TriesNothingAgainThatFailsForAnotherReason) {
  server.expect_statement("BEGIN; …", {refusal("42501", "must be owner of table a")});
  server.expect_statement("ROLLBACK", {done()});
  const Status done_under_lock = fencing::run_under_lock(connection, "DROP TRIGGER t ON a");
  ASSERT_FALSE(done_under_lock);
  EXPECT_EQ(done_under_lock.error().sqlstate, "42501");
  const Error error = fencing::not_made("the trigger on a", done_under_lock.error());
  EXPECT_EQ(error.code, ErrorCode::server_error);
  EXPECT_TRUE(error.message.starts_with("cannot make the trigger on a: ")) << error.message;
}

TEST_F(FencingByScript, IsRefusedWhereSomebodyKeepsATable) {
  const Error error{.code = ErrorCode::server_error, .message = kLocked, .sqlstate = "55P03"};
  EXPECT_EQ(fencing::not_made("the trigger on a", error).code, ErrorCode::refused);
}

TEST_F(FencingByScript, EndsSessionsOfClientsOnly) {
  const std::vector<Blocker> blockers = {
      {.session = 71, .is_client = true, .text = "session 71 of role app"},
      {.session = 72, .is_client = false, .text = "session 72 of autovacuum"}};
  EXPECT_EQ(fencing::listed(blockers), "session 71 of role app; session 72 of autovacuum");
  server.expect_statement("SELECT pg_catalog.pg_terminate_backend(71)", {rows({{"t"}})});
  EXPECT_TRUE(fencing::end_blockers(connection, blockers));
}

TEST_F(FencingByScript, NamesTheSessionThatItMayNotEnd) {
  server.expect_statement("SELECT pg_catalog.pg_terminate_backend(71)",
                          {refusal("42501", "permission denied")});
  const Status ended = fencing::end_blockers(
      connection, {{.session = 71, .is_client = true, .text = "session 71 of role app"}});
  ASSERT_FALSE(ended);
  EXPECT_TRUE(ended.error().message.starts_with("cannot end session 71 of role app"))
      << ended.error().message;
}

TEST_F(FencingByScript, MakesTriggersOnlyWhereTheyAreMissing) {
  const Fence fence("pghaul_shop");
  server.expect_statement(
      "BEGIN; SET LOCAL lock_timeout = 100; SET LOCAL synchronous_commit = off;"
      " DROP TRIGGER IF EXISTS \"pghaul_shop\" ON app.b; CREATE TRIGGER \"pghaul_shop\" BEFORE INSERT OR "
      "UPDATE OR"
      " DELETE OR TRUNCATE ON app.b FOR EACH STATEMENT EXECUTE PROCEDURE \"pghaul_live\".\"pghaul_shop\"();"
      "ALTER TABLE ONLY app.b ENABLE ALWAYS TRIGGER \"pghaul_shop\"; COMMIT",
      {done()});
  EXPECT_TRUE(fence.create_triggers(connection, {{.oid = 1, .name = "app.a", .has_trigger = true},
                                                 {.oid = 2, .name = "app.b", .has_trigger = false}}));
}

TEST_F(FencingByScript, LetsTheApplierPassAClosedServerAndQuotesWhatOthersAreTold) {
  const std::string closed = Fence("pghaul_shop").close("the database's new home is here", "connect to it");
  EXPECT_NE(closed.find("current_setting(''pghaul.applier'', true) = ''on'' THEN RETURN NULL"),
            std::string::npos)
      << closed;
  EXPECT_NE(closed.find("MESSAGE = ''the database''''s new home is here'', HINT = ''connect to it''"),
            std::string::npos)
      << closed;
  EXPECT_NE(closed.find("ERRCODE = ''25006''"), std::string::npos) << closed;
}

TEST_F(FencingByScript, OpensOnlyWhereThereIsAFence) {
  server.expect_statement(
      "SELECT 1 WHERE pg_catalog.to_regprocedure('\"pghaul_live\".\"pghaul_shop\"()') IS NOT NULL",
      {rows({})});
  EXPECT_TRUE(Fence("pghaul_shop").open_again(connection));
}

}  // namespace
}  // namespace pghaul::scripted
