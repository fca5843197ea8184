// pghaul copy --follow as its users have it: copied while somebody writes, followed, interrupted, killed,
// resumed, given up.

#include "live/live_copy.h"

namespace pghaul::live {
namespace {

using LiveProof = LiveCopy;  // a suite, and so a test of CTest, of its own

TEST_F(LiveCopy, AppliesWhatIsWrittenDuringTheCopyAndAfterIt) {
  {
    const Application application(source_);
    follow();
    ASSERT_TRUE(target_shows("SELECT count(*) > 20 FROM moves WHERE amount > 150", "t"));
  }
  catch_up();
  EXPECT_EQ(state(), "following");
  const support::ProcessResult ended = interrupt();
  EXPECT_EQ(ended.exit_status, 130) << ended.err;
  EXPECT_EQ(state(), "stopped");
  expect_equal();
}

TEST_F(LiveCopy, ResumesWhereItWasStoppedOrKilled) {
  follow();
  catch_up();
  interrupt();
  source_.psql("UPDATE accounts SET balance = 7 WHERE id <= 5000; DELETE FROM accounts WHERE id > 19000");
  follow({"--resume"});
  catch_up();
  expect_equal();
  {
    const Application application(source_);
    for (int kill = 0; kill < 5; ++kill) {
      follower_->send(SIGKILL);
      EXPECT_EQ(follower_->wait().exit_status, 128 + SIGKILL);
      follow({"--resume"});
      catch_up();
    }
  }
  catch_up();
  expect_equal();
}

/// The copying itself is killed, at whatever it is at.
TEST_F(LiveCopy, ResumesACopyThatWasKilledBeforeItWasComplete) {
  std::mt19937_64 random(support::seed_of_this_run());
  {
    const Application application(source_);
    follow();
    for (int kill = 0; kill < 4; ++kill) {
      if (follower_->ends_within(milliseconds(100 + random() % 900))) break;
      follower_->send(SIGKILL);
      [[maybe_unused]] const support::ProcessResult killed = follower_->wait();
      follow(support::haul({"status", target_.uri()}).exit_status == 0 ? std::vector<std::string>{"--resume"}
                                                                       : std::vector<std::string>{});
    }
    ASSERT_TRUE(target_shows("SELECT count(*) > 0 FROM moves", "t"));
  }
  catch_up();
  EXPECT_EQ(follower_->err().find("copied anew"), std::string::npos) << follower_->err();
  expect_equal();
}

TEST_F(LiveCopy, IsRefusedAsAWholeBeforeAnythingIsTouched) {
  source_.psql(
      "CREATE TABLE nothing (a int); CREATE TABLE later (a int PRIMARY KEY DEFERRABLE);"
      "CREATE TABLE full_rows (a int); ALTER TABLE full_rows REPLICA IDENTITY FULL;"
      "CREATE TABLE doubled (a int, b int GENERATED ALWAYS AS (a * 2) STORED, PRIMARY KEY (b));"
      "CREATE TABLE held (a int, b int GENERATED ALWAYS AS (a * 2) STORED, PRIMARY KEY (a) INCLUDE (b))");
  for (const char* verb : {"plan", "copy"}) {
    const support::Haul refused = support::haul({verb, "--follow", source_.uri(), target_.uri()});
    if (std::string(verb) == "copy") {
      EXPECT_EQ(refused.exit_status, 3) << refused.err;
    }
    std::string objects;
    for (const nlohmann::json& finding : refused.report["findings"]) {
      if (finding["severity"] == "refusal") objects += finding["object"].get<std::string>() + ";";
    }
    EXPECT_EQ(objects, "table public.doubled;table public.later;table public.nothing;") << verb;
  }
  EXPECT_EQ(kept(), "0|0|0");
  EXPECT_EQ(target_.psql("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'pghaul%'"), "0");
}

TEST_F(LiveCopy, LeavesNothingOnTheSourceOnceGivenUp) {
  follow();
  catch_up();
  interrupt();
  EXPECT_EQ(kept(), "1|1|1");
  EXPECT_EQ(support::haul({"abandon", target_.uri()}).exit_status, 3);  // the source is asked for
  EXPECT_EQ(kept(), "1|1|1");
  const support::Haul abandoned = support::haul({"abandon", source_.uri(), target_.uri()});
  EXPECT_EQ(abandoned.exit_status, 0) << abandoned.err;
  EXPECT_EQ(kept(), "0|0|0");
  EXPECT_EQ(target_.psql("SELECT count(*) FROM accounts"), "20000");
  EXPECT_EQ(support::haul({"status", target_.uri()}).exit_status, 3);
}

TEST_F(LiveCopy, IsMentionedToWhoeverReplacesIt) {
  follow();
  catch_up();
  interrupt();
  const support::Haul refused = support::haul({"copy", "--follow", source_.uri(), target_.uri()});
  EXPECT_EQ(refused.exit_status, 3);
  EXPECT_NE(refused.err.find("a live copy is in it"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("to continue that copy: --resume"), std::string::npos) << refused.err;
  EXPECT_EQ(refused.err.find("would fill its disk"), std::string::npos) << refused.err;

  const std::string name = target_.psql("SELECT current_database()");
  const support::Haul copied = support::haul({"copy", "--confirm", name, source_.uri(), target_.uri()});
  EXPECT_EQ(copied.exit_status, 0) << copied.err;
  EXPECT_NE(copied.err.find("would fill its disk"), std::string::npos) << copied.err;
  EXPECT_EQ(kept(), "1|1|1");
  EXPECT_EQ(support::haul({"abandon", source_.uri(), target_.uri()}).exit_status, 0);
  EXPECT_EQ(kept(), "0|0|0");
}

TEST_F(LiveCopy, IsGivenUpWhenItsTargetIsLost) {
  {
    const support::Database lost(support::shared_target());
    const support::Process follower(
        {PGHAUL_COMMAND, "copy", "--follow", source_.uri(), lost.uri(), "--progress", "none"});
    const auto deadline = steady_clock::now() + kLongEnough;
    while (kept() != "1|1|1" && steady_clock::now() < deadline) {
    }
    follower.send(SIGINT);
    ASSERT_TRUE(follower.ends_within(kLongEnough));
  }
  EXPECT_EQ(kept(), "1|1|1");
  const support::Haul abandoned =
      support::haul({"abandon", source_.uri(), support::shared_target().uri("a_database_that_is_gone")});
  EXPECT_EQ(abandoned.exit_status, 0) << abandoned.err;
  EXPECT_EQ(kept(), "0|0|0");
}

/// What pghaul keeps on a source is not the source's.
TEST_F(LiveCopy, GoesWithoutTriggersAndForeignKeysWhereItsRoleCanNotSilenceThem) {
  const std::string settings =
      "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1; SELECT conname,"
      " pg_get_constraintdef(oid), convalidated FROM pg_constraint WHERE contype = 'f' ORDER BY 1";
  source_.psql(
      "CREATE TABLE log (id int PRIMARY KEY); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
      " $$BEGIN INSERT INTO public.log SELECT coalesce(max(id), 0) + 1 FROM public.log; RETURN NULL; END$$;"
      "CREATE TRIGGER note AFTER UPDATE ON accounts FOR EACH ROW EXECUTE PROCEDURE note();"
      "ALTER TABLE moves DROP CONSTRAINT moves_account_fkey, ADD CONSTRAINT moves_account_fkey FOREIGN KEY"
      " (account) REFERENCES accounts ON DELETE CASCADE");
  target_.psql("DROP ROLE IF EXISTS live_owner; CREATE ROLE live_owner LOGIN; ALTER DATABASE " +
               target_.name() + " OWNER TO live_owner");
  std::string target = target_.uri();
  target.replace(target.find("postgres@"), std::string("postgres").size(), "live_owner");
  follower_ = std::make_unique<support::Process>(std::vector<std::string>{PGHAUL_COMMAND, "copy", "--follow",
                                                                          source_.uri(), target, "--progress",
                                                                          "none", "--no-owner", "--no-acl"});
  catch_up();
  source_.psql(
      "UPDATE accounts SET balance = 5 WHERE id < 30; INSERT INTO moves (account, amount) VALUES (5, 1), (6, "
      "1);"
      "DELETE FROM accounts WHERE id = 5");
  catch_up();
  interrupt();
  expect_equal();
  EXPECT_EQ(target_.psql("SELECT count(*) FROM log"), "29");
  EXPECT_NE(target_.psql(settings), source_.psql(settings));
  const support::Haul abandoned = support::haul({"abandon", source_.uri(), target});
  EXPECT_EQ(abandoned.exit_status, 0) << abandoned.err;
  EXPECT_EQ(target_.psql(settings), source_.psql(settings));
  target_.psql("REASSIGN OWNED BY live_owner TO postgres; DROP OWNED BY live_owner; DROP ROLE live_owner");
}

TEST_F(LiveCopy, DoesNotShowInOtherCopies) {
  follow();
  catch_up();
  const support::Database other(support::shared_target());
  const support::Haul copied = support::haul({"copy", source_.uri(), other.uri()});
  EXPECT_EQ(copied.exit_status, 0) << copied.err;
  EXPECT_EQ(copied.report["status"], "verified");
  EXPECT_FALSE(copied.report.contains("partial"));
  for (const support::Database* database : {&other, static_cast<const support::Database*>(&target_)}) {
    EXPECT_EQ(database->psql("SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = 'pghaul_live'),"
                             " (SELECT count(*) FROM pg_publication)"),
              "0|0");
  }
}

TEST_F(LiveCopy, StopsAtARowThatIsNotThere) {
  follow();
  catch_up();
  target_.psql("SET session_replication_role = replica; DELETE FROM accounts WHERE id = 77");
  source_.psql("UPDATE accounts SET balance = 0 WHERE id = 77");
  ASSERT_TRUE(follower_->ends_within(kLongEnough));
  const support::ProcessResult ended = follower_->wait();
  EXPECT_EQ(ended.exit_status, 6) << ended.err;
  EXPECT_NE(ended.err.find("UPDATE of public.accounts, (id) = (77)"), std::string::npos) << ended.err;
  EXPECT_EQ(state(), "broken");
  follower_.reset();
}

/// Every row of both sides at one moment, while the application writes and its changes are applied.
TEST_F(LiveProof, ComparesEveryRowWhileBothGoOn) {
  follow();
  catch_up();
  const auto verify = [&] {
    return support::haul({"verify", "--live", "--rows", source_.uri(), target_.uri()});
  };
  {
    const Application application(source_);
    for (int i = 0; i < 3; ++i) {
      const support::Haul verified = verify();
      EXPECT_EQ(verified.exit_status, 0) << verified.err;
      EXPECT_EQ(verified.report["verification"]["tables"], 5);
    }
    using Counts = nlohmann::json;  // rows that are missing, extra and changed
    for (const auto& [damage, counts] : std::vector<std::pair<const char*, Counts>>{
             {"UPDATE accounts SET note = 'x' WHERE id = 19500", {0, 0, 1}},
             {"UPDATE accounts SET note = 'y' WHERE id = 19500", {0, 0, 1}},
             {"DELETE FROM accounts WHERE id = 19600", {1, 0, 1}},
             {"INSERT INTO accounts VALUES (19600, 1), (30000, 1)", {0, 1, 2}}}) {
      target_.psql(std::string("SET session_replication_role = replica; ") + damage);
      const support::Haul different = verify();
      EXPECT_EQ(different.exit_status, 6) << damage << different.err;
      const nlohmann::json& mismatches = different.report["verification"]["mismatches"];
      ASSERT_EQ(mismatches.size(), 1U) << damage << mismatches;
      EXPECT_EQ(mismatches[0]["object"], "public.accounts");
      const nlohmann::json& rows = different.report["verification"]["different_rows"];
      ASSERT_EQ(rows.size(), 1U) << damage << rows;
      EXPECT_EQ(Counts({rows[0]["missing"], rows[0]["extra"], rows[0]["changed"]}), counts) << damage << rows;
      EXPECT_EQ(rows[0]["rows"][0]["key"]["id"], "19500") << damage << rows;
    }
  }
  interrupt();
  const support::Haul refused = verify();
  EXPECT_EQ(refused.exit_status, 3) << refused.err;
  EXPECT_NE(refused.err.find("not being followed at present"), std::string::npos) << refused.err;
}

TEST_F(LiveCopy, NamesTablesThatWereCreatedOrDetachedSince) {
  follow({"--events", "-"});
  catch_up();
  source_.psql("CREATE TABLE fresh (id int PRIMARY KEY); ALTER TABLE days DETACH PARTITION days_0");
  const auto deadline = steady_clock::now() + kLongEnough;
  while (follower_->out().find("public.fresh") == std::string::npos && steady_clock::now() < deadline) {
  }
  EXPECT_NE(follower_->out().find("not followed: public.days_0, public.fresh"), std::string::npos);
  interrupt();
}

TEST_F(LiveCopy, TakesAPartOfTheDatabase) {
  source_.psql("CREATE SCHEMA part; CREATE TABLE part.t (id int PRIMARY KEY); CREATE TABLE other (a int)");
  follow({"-n", "part"});
  ASSERT_TRUE(target_shows("SELECT count(*) FROM part.t", "0"));
  source_.psql("INSERT INTO part.t SELECT generate_series(1, 10); INSERT INTO other VALUES (1)");
  ASSERT_TRUE(target_shows("SELECT count(*) FROM part.t", "10"));
  EXPECT_EQ(target_.psql("SELECT to_regclass('public.accounts')"), "");
  interrupt();
}

TEST_F(LiveCopy, WaitsOutAServerThatRestarts) {
  follow();
  catch_up();
  source_.psql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_replication WHERE usename IS NOT NULL; INSERT INTO "
      "accounts"
      " SELECT max(id) + 1, 5 FROM accounts");
  catch_up();
  target_.psql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'pghaul%'"
      " AND datname = current_database() AND query NOT LIKE '%advisory%'");
  catch_up();
  expect_equal();
  interrupt();
}

}  // namespace
}  // namespace pghaul::live
