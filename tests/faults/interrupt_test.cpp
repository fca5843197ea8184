#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "faults/shop.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/fault_proxy.h"
#include "support/process.h"

namespace pghaul::faults {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using support::Process;
using support::ProcessResult;

constexpr milliseconds kSoon{2'000};
constexpr milliseconds kSoonEnough{6'000};  // with sanitizers, on a busy machine

/// One copy, interrupted in each of its phases and taken up again. In each it comes upon something that takes
/// long: a lock that somebody else holds, or a function that sleeps where a setting of the database says so.
class Interrupts : public testing::Test {
 protected:
  struct Phase {
    std::string name;
    bool on_source;
    std::string held;   // is locked by somebody else; or
    std::string slow;   // the value of the setting
    std::string waits;  // how the session is found that waits
  };

  Interrupts() {
    source_.psql(R"(
      create function slow(phase text, i int) returns int language plpgsql immutable as $$
        begin
          if current_setting('faults.slow', true) = phase then perform pg_sleep(600); end if;
          return i;
        end $$;
      create table a (i int check (slow('copy', i) = i));
      insert into a select generate_series(1, 10);
      create index on a (slow('index', i));
      alter table a add exclude using btree (slow('constraint', i) with =);
      create table b (i int primary key);
      insert into b select generate_series(1, 1000);
      create materialized view m as select slow('refresh', i) as i from b limit 1;
      create function fired() returns trigger language plpgsql as 'begin return new; end';
      create trigger t after insert on b for each row execute function fired();
      create function told() returns event_trigger language plpgsql as 'begin end';
      create event trigger )" +
                 source_.name() + R"( on ddl_command_end execute function told();)");
  }

  static std::vector<Phase> phases() {
    const std::string lock = "wait_event_type = 'Lock'";
    const std::string sleep = "wait_event = 'PgSleep'";
    const std::string restore = "application_name like 'pg_restore%' and " + lock;
    return {{"pg_dump", true, "a in access exclusive mode", "", "application_name = 'pg_dump' and " + lock},
            {"pre-data", false, "pg_proc in share mode", "", restore},
            {"copy", false, "", "copy", sleep},
            {"refresh", false, "", "refresh", sleep},  // before indexes whose functions may read tables
            {"index", false, "", "index", sleep},
            {"constraint", false, "", "constraint", sleep},
            {"the end", false, "pg_event_trigger in share mode", "", restore}};
  }

  [[nodiscard]] std::unique_ptr<Process> start() const {
    std::vector<std::string> argv = {PGHAUL_COMMAND, "copy", source_.uri(), target_.uri(),
                                     "--progress",   "none", "--jobs",      "2"};
    if (has_journal(target_)) argv.emplace_back("--resume");
    return std::make_unique<Process>(argv);
  }
  /// False: there has been none for a minute.
  static bool await_session(const support::Database& database, const std::string& which) {
    for (int looks = 0; looks < 1200; ++looks) {
      if (database
              .psql("select exists (select from pg_stat_activity where datname = current_database() and " +
                    which + "), pg_sleep(0.05)")
              .starts_with("t")) {
        return true;
      }
    }
    return false;
  }
  static void interrupt(Process& copy, const std::string& name) {
    const auto start = steady_clock::now();
    copy.send(SIGINT);
    ASSERT_TRUE(copy.ends_within(milliseconds(60'000))) << name;
    const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
    std::cout << name << ": ended after " << took.count() << " ms\n";
    EXPECT_LE(took, kSoonEnough) << name;
  }
  void expect_interrupted(Process& copy, const Phase& phase) const {
    interrupt(copy, phase.name);
    const ProcessResult done = copy.wait();
    EXPECT_EQ(done.exit_status, 130) << done.err;
    EXPECT_EQ(has_journal(target_), !phase.on_source) << done.err;
    EXPECT_EQ(done.err.find("--resume") != std::string::npos, !phase.on_source) << done.err;
    const std::string ours = "application_name ~ '^(pghaul|pg_dump|pg_restore)'";
    for (const support::Database* each : {&source_, &target_}) {
      for (int looks = 0;
           looks < 100 &&
           each->psql("select count(*) from pg_stat_activity where datname = current_database() and " +
                      ours) != "0";
           ++looks)
        each->psql("select pg_sleep(0.02)");
      EXPECT_EQ(
          each->psql(
              "select string_agg(query, ';') from pg_stat_activity where datname = current_database() and " +
              ours),
          "");
    }
  }

  void interrupt_in(const Phase& phase) const {
    SCOPED_TRACE(phase.name);
    const support::Database& where = phase.on_source ? source_ : target_;
    std::unique_ptr<Process> holder;
    if (!phase.held.empty()) {
      holder = std::make_unique<Process>(std::vector<std::string>{
          "psql", "-XqAtd", where.uri(), "-c",
          "set application_name = holder; begin; lock table " + phase.held + "; select pg_sleep(600)"});
      ASSERT_TRUE(await_session(where, "application_name = 'holder' and wait_event = 'PgSleep'"));
    } else {
      where.psql("alter database \"" + where.name() + "\" set faults.slow = '" + phase.slow + "'");
    }
    const std::unique_ptr<Process> copy = start();
    ASSERT_TRUE(await_session(where, "application_name <> 'holder' and " + phase.waits)) << copy->err();
    expect_interrupted(*copy, phase);
    if (holder)
      where.psql(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'holder' and "
          "datname = current_database()");
    where.psql("alter database \"" + where.name() + "\" reset faults.slow");
  }
  void finish() const {
    const ProcessResult done = start()->wait();
    EXPECT_EQ(done.exit_status, 0) << done.err;
    EXPECT_FALSE(has_journal(target_));
    EXPECT_EQ(fidelity::differences(source_, target_), "");
  }

  const support::Database source_{support::shared_source()};
  const support::Database target_{support::shared_target()};
};

TEST_F(Interrupts, EndTheCopySoonInEachPhase) {
  const bool all = std::getenv("PGHAUL_TEST_ALL_PHASES") != nullptr;
  for (const Phase& phase : phases()) {
    const bool one_of_few = phase.name == "pre-data" || phase.name == "index" || phase.name == "the end";
    if ((all || one_of_few) && !HasFatalFailure()) interrupt_in(phase);
  }
  finish();
}

TEST_F(Interrupts, EndTheCopySoonWhileItReadsBack) {
  source_.psql(
      "create table big as select i, repeat(md5(i::text), 4) as words from generate_series(1, 100000) i");
  support::FaultProxy proxy(support::shared_target());
  proxy.at(support::FaultProxy::Way::to_client, 4'000'000, support::FaultProxy::Effect::stall);
  Process copy({PGHAUL_COMMAND, "copy", source_.uri(), proxy.uri(target_.name()), "--progress", "none"});
  ASSERT_TRUE(proxy.await_effects());
  proxy.go_on();
  expect_interrupted(copy, {"read back", false, "", "", ""});
  finish();
}

}  // namespace
}  // namespace pghaul::faults
