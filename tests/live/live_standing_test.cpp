// What a live copy says of itself, and when it gives itself up.

#include "live/live_copy.h"

namespace pghaul::live {
namespace {

class LiveStanding : public LiveCopy {
 protected:
  nlohmann::json status() {
    const support::Haul shown = support::haul({"status", target_.uri()});
    EXPECT_EQ(shown.exit_status, 0) << shown.err;
    return shown.report.is_object() ? shown.report["live"] : nlohmann::json::object();
  }
  /// Waits until the reasons why no switchover could begin have one with this text, or are none.
  bool reasons_show(const std::string& wanted) {
    const auto deadline = steady_clock::now() + kLongEnough;
    std::string all;
    while (steady_clock::now() < deadline) {
      const nlohmann::json live = status();
      all = live.value("not_ready", nlohmann::json::array()).dump();
      if (wanted.empty() ? live.value("ready", false) : all.find(wanted) != std::string::npos) return true;
    }
    ADD_FAILURE() << all;
    return false;
  }
};

TEST_F(LiveStanding, SaysWhatASwitchoverWouldWaitFor) {
  follow();
  catch_up();
  ASSERT_TRUE(reasons_show(""));
  source_.psql("BEGIN; INSERT INTO beats VALUES (-1); PREPARE TRANSACTION 'kept'");
  ASSERT_TRUE(reasons_show("prepared transaction keeps its locks on the source: 'kept'"));
  source_.psql("ROLLBACK PREPARED 'kept'");
  ASSERT_TRUE(reasons_show(""));
  const support::Haul beside = support::haul({"copy", "--follow", "--resume", source_.uri(), target_.uri()});
  EXPECT_EQ(beside.exit_status, 3) << beside.err;
  interrupt();
  EXPECT_FALSE(status().contains("ready"));
}

TEST_F(LiveStanding, GivesTheSlotUpBeforeItFillsTheSource) {
  follow({"--slot-limit", "20MB"});
  catch_up();
  postgres::Connection holder = session_to(target_.uri(), postgres::Side::target);
  ASSERT_TRUE(holder.execute("BEGIN; LOCK TABLE public.accounts IN EXCLUSIVE MODE"));
  while (!follower_->ends_within(milliseconds(1))) {
    source_.psql("UPDATE accounts SET balance = balance + 1");
  }
  const support::ProcessResult ended = follower_->wait();
  follower_.reset();
  EXPECT_EQ(ended.exit_status, 5) << ended.err;
  EXPECT_NE(ended.err.find("more than --slot-limit allows (20 MB)"), std::string::npos) << ended.err;
  EXPECT_EQ(kept(), "0|0|0");
  EXPECT_EQ(state(), "broken");
  ASSERT_TRUE(holder.execute("ROLLBACK"));
}

/// While rows are copied, too.
TEST_F(LiveStanding, GivesTheSlotUpDuringTheCopy) {
  source_.psql(
      "CREATE FUNCTION wait() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN PERFORM"
      " pg_catalog.pg_advisory_xact_lock_shared(7); RETURN true; END$$;"
      "CREATE TABLE held (id int PRIMARY KEY, CHECK (public.wait())); INSERT INTO held VALUES (1)");
  postgres::Connection holder = session_to(target_.uri(), postgres::Side::target);
  ASSERT_TRUE(holder.execute("SELECT pg_advisory_lock(7)"));
  follow({"--slot-limit", "20MB"});
  ASSERT_TRUE(target_shows("SELECT count(*) FROM accounts", "20000"));
  EXPECT_EQ(state(), "copying");
  while (!follower_->ends_within(milliseconds(1))) {
    source_.psql("UPDATE accounts SET balance = balance + 1");
  }
  const support::ProcessResult ended = follower_->wait();
  follower_.reset();
  EXPECT_EQ(ended.exit_status, 5) << ended.err;
  EXPECT_NE(ended.err.find("more than --slot-limit allows"), std::string::npos) << ended.err;
  EXPECT_EQ(kept(), "0|0|0");
  EXPECT_EQ(state(), "stopped");
}

TEST_F(LiveStanding, IsAbandonedWithASlotThatHasLostItsSchemaOrASourceThatIsLost) {
  follow();
  catch_up();
  interrupt();
  const support::Haul without = support::haul({"abandon", "--source-lost", target_.uri()});
  EXPECT_EQ(without.exit_status, 0) << without.err;
  EXPECT_EQ(kept(), "1|1|1");
  source_.psql("DROP SCHEMA pghaul_live CASCADE");
  const support::Haul rest = support::haul({"abandon", source_.uri(), target_.uri()});
  EXPECT_EQ(rest.exit_status, 0) << rest.err;
  EXPECT_EQ(kept(), "0|0|0");
}

TEST_F(LiveStanding, IsPredicted) {
  const Application application(source_);
  const support::Haul estimate = support::haul(
      {"estimate", "--follow", "--budget", "5", "--slot-limit", "1MB", source_.uri(), target_.uri()});
  ASSERT_EQ(estimate.exit_status, 0) << estimate.err;
  const nlohmann::json& live = estimate.report["estimate"]["follow"];
  EXPECT_GT(live["wal_bytes_per_second"], 0);
  EXPECT_GT(live["changes_per_second"], 0);
  EXPECT_GT(live["slot_bytes"], 0);
  EXPECT_EQ(live["slot_limit_bytes"], 1'000'000);
  EXPECT_TRUE(live.contains("catches_up"));
  EXPECT_NE(estimate.out.find("catches up"), std::string::npos) << estimate.out;
}

/// Which transactions a standby's snapshot sees can't be told.
TEST_F(LiveStanding, IsRefusedOfAStandby) {
  support::ClusterOptions options = logical_options();
  options.standby_of = logical_server().uri("postgres");
  const support::Cluster standby(options);
  const support::Haul refused =
      support::haul({"copy", "--follow", standby.uri(source_.name()), target_.uri()});
  EXPECT_EQ(refused.exit_status, 3) << refused.err;
  EXPECT_NE(refused.err.find("the source is a standby"), std::string::npos) << refused.err;
}

}  // namespace
}  // namespace pghaul::live
