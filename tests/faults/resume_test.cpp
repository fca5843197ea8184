#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <string>

#include "faults/shop.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/fault_proxy.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"
#include "support/process.h"

namespace pghaul::faults {
namespace {

using support::FaultProxy;
using support::Haul;
using support::Process;
using support::ProcessResult;
using Effect = FaultProxy::Effect;
using Way = FaultProxy::Way;

/// One worker has copied table first and is within table second when the proxies before both servers fall
/// silent.
class HalfWay : public testing::Test {
 protected:
  HalfWay() {
    for (const char* table : {"first", "second"}) {
      source_.psql("create table " + std::string(table) +
                   " as select i as id, repeat(md5(i::text), 3) as words from generate_series(1, 150000) i");
    }
    at_target_.at(Way::to_server, kHalfOfSecond, Effect::stall);
  }
  /// Bytes: far enough from the end that what is left fits into no buffer on the way.
  static constexpr std::uint64_t kHalfOfSecond = 20'000'000;
  /// Gives the copy, which waits.
  std::unique_ptr<Process> halted() {
    auto copy = std::make_unique<Process>(std::vector<std::string>{
        PGHAUL_COMMAND, "copy", at_source_.uri(source_.name()), at_target_.uri(target_.name()), "--progress",
        "none", "--jobs", "1", "--retry-for", "60"});
    EXPECT_TRUE(at_target_.await_effects());
    return copy;
  }
  /// Leaves the target as a killed pghaul leaves it.
  void kill_half_way() {
    const std::unique_ptr<Process> copy = halted();
    copy->send(SIGKILL);
    (void)copy->wait();
    let_sessions_end();
    ASSERT_TRUE(has_journal(target_));
    copied_file_ = target_.psql(
        "select coalesce(max(pg_relation_filenode(oid)::int8), 0) from pg_class"
        " where relname in ('first', 'second') and pg_relation_size(oid) > 0");
  }
  void let_sessions_end() {
    at_target_.go_on();
    at_source_.go_on();
    for (int tries = 0; tries < 200 && !(sessions_of_pghaul(target_) + sessions_of_pghaul(source_)).empty();)
      ++tries;
    EXPECT_EQ(sessions_of_pghaul(target_), "");
    EXPECT_EQ(sessions_of_pghaul(source_), "");
  }
  [[nodiscard]] Haul resume(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"copy",       source_.uri(), target_.uri(),
                                          "--progress", "none",        "--resume"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return support::haul(arguments);
  }
  void expect_equal() const {
    EXPECT_FALSE(has_journal(target_));
    EXPECT_EQ(fidelity::differences(source_, target_), "");
  }
  static void expect_refused(const Haul& run, const std::string& words) {
    EXPECT_EQ(run.exit_status, 3) << run.err;
    EXPECT_NE(run.err.find(words), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("hint: "), std::string::npos) << run.err;
  }

  const support::Database source_{support::shared_source()};
  const support::Database target_{support::shared_target()};
  FaultProxy at_source_{support::shared_source()};
  FaultProxy at_target_{support::shared_target()};
  std::string copied_file_;
};

TEST_F(HalfWay, GoesOnWithWhatIsLeft) {
  kill_half_way();
  ASSERT_NE(copied_file_, "0") << "nothing had been copied";
  const Haul run = resume();
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(run.report["status"], "verified");
  EXPECT_EQ(run.report["resumed"]["run"], 2) << run.report["resumed"];
  EXPECT_EQ(target_.psql("select count(*) from pg_class where relname in ('first', 'second')"
                         " and pg_relation_filenode(oid) = " +
                         copied_file_),
            "1")
      << "what had been copied was copied again";
  expect_equal();
}

/// The distance of servers decides how large tables are divided; that was decided when the copy began.
TEST_F(HalfWay, GoesOnByALongerWay) {
  kill_half_way();
  at_source_.delay(std::chrono::milliseconds(3));
  at_target_.delay(std::chrono::milliseconds(3));
  const Haul run = support::haul({"copy", at_source_.uri(source_.name()), at_target_.uri(target_.name()),
                                  "--progress", "none", "--resume"});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  expect_equal();
}

TEST_F(HalfWay, IsNotTakenForAnotherCopy) {
  kill_half_way();
  const support::Database other(support::shared_source());
  other.psql("create table first (id int)");
  expect_refused(support::haul({"copy", other.uri(), target_.uri(), "--resume"}), "another database");
  expect_refused(resume({"--exclude-table", "second"}), "exclude-table");
  expect_refused(resume({"--verify", "counts"}), "verify");
  expect_refused(support::haul({"copy", source_.uri(), target_.uri()}), "--resume");
  const support::Database empty(support::shared_target());
  expect_refused(support::haul({"copy", source_.uri(), empty.uri(), "--resume"}), "no unfinished copy");
  EXPECT_TRUE(has_journal(target_)) << "a refusal has changed something";
  EXPECT_EQ(resume().exit_status, 0);
  expect_equal();
}

TEST_F(HalfWay, IsNotGoneOnWithWhenTablesWereAltered) {
  kill_half_way();
  source_.psql("alter table second add column more int");
  expect_refused(resume(), "altered");
}

TEST_F(HalfWay, NamesATableThatTheRoleMayNotReadAnyMore) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: what a role may not read is another's";
  support::make_ordinary_role(support::shared_source());
  support::make_ordinary_role(support::shared_target());
  const std::string role = support::kOrdinaryRole;
  source_.psql("grant select on first, second to " + role);
  kill_half_way();
  source_.psql("revoke select on second from " + role);
  std::string as_role = source_.uri();
  as_role.replace(as_role.find("postgres@"), 8, role);
  const std::vector<std::string> resume{"copy", as_role, target_.uri(), "--progress", "none", "--resume"};
  const Haul refused = support::haul(resume);
  expect_refused(refused, "table public.second can't be copied: the role has no SELECT on it");
  EXPECT_NE(refused.err.find("GRANT SELECT ON public.second TO " + role), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("then resume it: a copy that has begun can't leave it out"), std::string::npos);
  EXPECT_EQ(target_.psql("select run from pghaul_journal.job"), "1");
  source_.psql("grant select on second to " + role);
  const Haul resumed = support::haul(resume);
  EXPECT_EQ(resumed.exit_status, 0) << resumed.err;
  expect_equal();
}

TEST_F(HalfWay, GoesOnWhenOthersWroteElsewhere) {
  kill_half_way();
  source_.psql("create temporary table elsewhere as select 1; select txid_current()");
  const Haul run = resume();
  EXPECT_EQ(run.exit_status, 0) << run.err;
  expect_equal();
}

TEST_F(HalfWay, SetsSequencesAnewForRowsThatCameLater) {
  source_.psql("create sequence s; select setval('s', 7)");
  Process copy({PGHAUL_COMMAND, "copy", at_source_.uri(source_.name()), at_target_.uri(target_.name()),
                "--progress", "none", "--jobs", "3"});  // one for each table, and one that finds the sequence
  ASSERT_TRUE(at_target_.await_effects());
  copy.send(SIGKILL);
  (void)copy.wait();
  let_sessions_end();
  ASSERT_EQ(target_.psql("select last_value from s"), "7") << "the sequence had not been set";
  source_.psql("insert into second values (nextval('s'), 'later'); select setval('s', 100)");
  const Haul run = resume();
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(target_.psql("select last_value from s"), "100");
  expect_equal();
}

TEST_F(HalfWay, NeverMixesTwoStates) {
  kill_half_way();
  source_.psql(
      "update first set words = 'changed' where id = 77; update second set words = 'changed' where id = 77");
  const Haul run = resume();
  EXPECT_EQ(run.exit_status, 5) << run.err;
  EXPECT_NE(run.err.find("written to"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("--new-snapshot"), std::string::npos) << run.err;
  const Haul anew = resume({"--new-snapshot"});
  EXPECT_EQ(anew.exit_status, 0) << anew.err;
  expect_equal();
}

TEST_F(HalfWay, NeverMixesTwoStatesWithinARun) {
  const std::unique_ptr<Process> copy = halted();
  source_.psql(
      "update first set words = 'changed' where id = 77; update second set words = 'changed' where id = 77");
  at_source_.cut(Effect::reset);
  at_target_.go_on();
  const ProcessResult done = copy->wait();
  EXPECT_EQ(done.exit_status, 5) << done.err;
  EXPECT_NE(done.err.find("written to"), std::string::npos) << done.err;
}

TEST_F(HalfWay, GoesOnWithinARunWhenTheSnapshotIsLostAndNobodyWrote) {
  const std::unique_ptr<Process> copy = halted();
  at_source_.cut(Effect::reset);
  at_target_.go_on();
  const ProcessResult done = copy->wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  expect_equal();
}

TEST_F(HalfWay, OutlivesAServerThatIsAwayForAWhile) {
  const std::unique_ptr<Process> copy = halted();
  at_target_.refuse();
  at_target_.go_on();
  at_target_.cut(Effect::reset);
  // It tries again and again: some attempts are refused before the server is back.
  EXPECT_FALSE(copy->ends_within(std::chrono::milliseconds(500)));
  at_target_.admit();
  const ProcessResult done = copy->wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  expect_equal();
}

TEST_F(HalfWay, KeepsOthersOut) {
  const std::unique_ptr<Process> copy = halted();
  const Haul second = support::haul({"copy", source_.uri(), target_.uri(), "--confirm", target_.name()});
  expect_refused(second, "another pghaul is working");
  expect_refused(resume(), "another pghaul is working");
  at_target_.go_on();
  const ProcessResult done = copy->wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  expect_equal();
}

TEST_F(HalfWay, CanBeAbandoned) {
  kill_half_way();
  const ProcessResult abandoned = support::run_command({PGHAUL_COMMAND, "abandon", target_.uri()});
  EXPECT_EQ(abandoned.exit_status, 0) << abandoned.err;
  EXPECT_NE((abandoned.out + abandoned.err).find("2 tables"), std::string::npos)
      << abandoned.out << abandoned.err;
  EXPECT_FALSE(has_journal(target_));
  expect_refused(resume(), "no unfinished copy");
  const ProcessResult again = support::run_command({PGHAUL_COMMAND, "abandon", target_.uri()});
  EXPECT_EQ(again.exit_status, 3) << again.err;
  EXPECT_EQ(support::haul({"copy", source_.uri(), target_.uri(), "--confirm", target_.name()}).exit_status,
            0);
  expect_equal();
}

TEST_F(HalfWay, EndsSoonWhenInterrupted) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::unique_ptr<Process> copy = halted();
    at_target_.go_on();
    copy->send(signal);
    EXPECT_TRUE(copy->ends_within(std::chrono::seconds(20)));
    const ProcessResult done = copy->wait();
    EXPECT_EQ(done.exit_status, 130) << done.err;
    EXPECT_NE(done.err.find("--resume"), std::string::npos) << done.err;
    let_sessions_end();
    EXPECT_TRUE(has_journal(target_));
    if (signal == SIGINT) {
      ASSERT_EQ(support::run_command({PGHAUL_COMMAND, "abandon", target_.uri()}).exit_status, 0);
      target_.psql("drop table first, second");
      at_target_.at(Way::to_server, at_target_.bytes(Way::to_server) + kHalfOfSecond, Effect::stall);
    }
  }
  const Haul run = resume();
  EXPECT_EQ(run.exit_status, 0) << run.err;
  expect_equal();
}

}  // namespace
}  // namespace pghaul::faults
