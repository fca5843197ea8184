// Copies that were interrupted while the application wrote: they go on, and nothing is copied again.

#include "live/live_copy.h"

namespace pghaul::live {
namespace {

constexpr const char* kLock = "SELECT pg_advisory_lock(7)";

/// Its table "held" is not copied while the test has a lock on the target; all others are.
class LateTables : public LiveCopy {
 protected:
  LateTables() {
    source_.psql(
        "CREATE FUNCTION wait() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN PERFORM"
        " pg_catalog.pg_advisory_xact_lock_shared(7); RETURN true; END$$;"
        "CREATE TABLE held (id int PRIMARY KEY, account int REFERENCES accounts, twice int GENERATED ALWAYS "
        "AS"
        " (account * 2) STORED, CHECK (public.wait()));"
        "INSERT INTO held SELECT i, i FROM generate_series(1, 1000) AS i;"
        "CREATE MATERIALIZED VIEW total AS SELECT count(*) FROM held;");
  }

  /// Begins a copy, and returns when all that can be has been copied and read back.
  void copy_the_others(postgres::Connection& holder) {
    ASSERT_TRUE(holder.execute(kLock));
    follow({"--jobs", "4"});
    ASSERT_TRUE(
        target_shows("SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND"
                     " database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                     " AND NOT granted",
                     "t"));
    ASSERT_TRUE(target_shows("SELECT count(*) FROM accounts", "20000"));
  }
  void copy_the_others_and_kill(postgres::Connection& holder) {
    copy_the_others(holder);
    if (HasFatalFailure()) return;
    follower_->send(SIGKILL);
    EXPECT_EQ(follower_->wait().exit_status, 128 + SIGKILL);
    target_.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT"
        " granted");
    ASSERT_TRUE(holder.execute("SELECT pg_advisory_unlock(7)"));
  }
  std::string file_of_accounts() { return target_.psql("SELECT pg_relation_filenode('accounts')"); }
};

TEST_F(LateTables, AreCopiedUnderALaterSnapshotWhereTheCopyWasKilled) {
  postgres::Connection holder = session_to(target_.uri(), postgres::Side::target);
  copy_the_others_and_kill(holder);
  if (HasFatalFailure()) return;
  const std::string file = file_of_accounts();
  // Rows of both sides of a foreign key, of which one has been copied and the other has not.
  source_.psql(
      "INSERT INTO accounts VALUES (30001, 1), (30002, 2), (30003, 3); UPDATE accounts SET balance = 8 WHERE"
      " id < 50; INSERT INTO held VALUES (30001, 30001), (30002, 30002); DELETE FROM held WHERE id = 2;"
      "DELETE FROM accounts WHERE id = 2; TRUNCATE days; INSERT INTO days VALUES (1, 1)");
  follow({"--resume"});
  catch_up();
  EXPECT_EQ(file_of_accounts(), file) << "it was copied again";
  source_.psql("UPDATE held SET account = 30003 WHERE id = 30001; DELETE FROM accounts WHERE id = 30001");
  catch_up();
  const support::ProcessResult ended = interrupt();
  EXPECT_EQ(ended.err.find("copied anew"), std::string::npos) << ended.err;
  expect_equal();
  const char* const held = "SELECT count(*), sum(id), sum(account), sum(twice) FROM held";
  EXPECT_EQ(source_.psql(held), target_.psql(held));
  const char* const keys =
      "SELECT conname, convalidated FROM pg_constraint WHERE contype = 'f' AND"
      " connamespace = 'public'::regnamespace ORDER BY 1";
  EXPECT_EQ(source_.psql(keys), target_.psql(keys));
  follow({"--resume"});
  catch_up();
  const support::Haul verified = support::haul({"verify", "--live", source_.uri(), target_.uri()});
  interrupt();
  EXPECT_EQ(verified.exit_status, 0) << verified.err;
}

/// The copy's lock makes a TRUNCATE wait until the rows are read, which is told; then it is a change like all
/// others.
TEST_F(LateTables, AreEmptiedAfterTheCopyWhereTheSourceIsTruncatedMeanwhile) {
  postgres::Connection holder = session_to(target_.uri(), postgres::Side::target);
  copy_the_others(holder);
  if (HasFatalFailure()) return;
  std::jthread truncating([this] { source_.psql("TRUNCATE held, days; INSERT INTO held VALUES (5, 5)"); });
  const auto deadline = steady_clock::now() + kLongEnough;
  while (source_.psql("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted AND"
                      " relation = 'held'::regclass") == "0") {
    ASSERT_LT(steady_clock::now(), deadline);
  }
  while (follower_->err().find(": TRUNCATE held, days") == std::string::npos) {
    ASSERT_LT(steady_clock::now(), deadline) << follower_->err();
  }
  ASSERT_TRUE(holder.execute("SELECT pg_advisory_unlock(7)"));
  truncating.join();
  catch_up();
  interrupt();
  EXPECT_EQ(target_.psql("SELECT id, account FROM held"), "5|5");
  expect_equal();
}

/// What fits together only after changes have been applied is killed there, too.
TEST_F(LateTables, AreWaitedForByForeignKeysAfterAnotherKill) {
  postgres::Connection holder = session_to(target_.uri(), postgres::Side::target);
  copy_the_others_and_kill(holder);
  if (HasFatalFailure()) return;
  source_.psql("INSERT INTO accounts VALUES (30001, 1); INSERT INTO held VALUES (30001, 30001)");
  // The changes can't be applied, as somebody holds the row of the progress.
  ASSERT_TRUE(holder.execute("BEGIN; SELECT FROM pghaul_journal.follow_progress FOR UPDATE"));
  follow({"--resume"});
  ASSERT_TRUE(target_shows(
      "SELECT count(*) > 0 FROM pg_locks AS w JOIN pg_stat_activity AS a USING (pid) WHERE NOT w.granted"
      " AND w.locktype = 'transactionid' AND a.datname = current_database()",
      "t"));
  EXPECT_EQ(target_.psql("SELECT count(*) FROM held"), "1001");
  EXPECT_EQ(target_.psql("SELECT count(*) FROM pg_constraint WHERE conname = 'held_account_fkey'"), "0");
  follower_->send(SIGKILL);
  EXPECT_EQ(follower_->wait().exit_status, 128 + SIGKILL);
  ASSERT_TRUE(holder.execute("ROLLBACK"));
  source_.psql("INSERT INTO accounts VALUES (30002, 1); INSERT INTO held VALUES (30002, 30002)");
  follow({"--resume"});
  catch_up();
  interrupt();
  expect_equal();
  EXPECT_EQ(target_.psql("SELECT count(*) FROM held"), "1002");
  EXPECT_EQ(target_.psql("SELECT count(*) FROM pg_constraint WHERE conname = 'held_account_fkey'"), "1");
}

}  // namespace
}  // namespace pghaul::live
