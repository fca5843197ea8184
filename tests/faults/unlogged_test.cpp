#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "faults/lock.h"
#include "faults/shop.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/fault_proxy.h"
#include "support/process.h"

namespace pghaul::faults {
namespace {

using namespace std::chrono_literals;
using support::FaultProxy;
using support::Process;
using support::ProcessResult;

/// A crash of the target empties its unlogged tables, also those that had been copied and compared.
class Unlogged : public testing::Test {
 protected:
  Unlogged() {
    source_.psql(
        "create unlogged table u as select i as id, md5(i::text) as words from generate_series(1, 2000) as i;"
        "create index on u (words);"
        "create unlogged table tiny as select 1 as id;"
        "create table logged as select 1 as id;"
        "create table big as select i as id, repeat(md5(i::text), 3) as words"
        "  from generate_series(1, 150000) as i");
  }
  [[nodiscard]] std::vector<std::string> command(const std::string& target, bool resume = false) const {
    std::vector<std::string> argv = {PGHAUL_COMMAND, "copy", "--progress",  "none", "--jobs",      "2",
                                     "--events",     "-",    source_.uri(), target, "--retry-for", "60"};
    if (resume) argv.emplace_back("--resume");
    return argv;
  }
  /// Tells whether the rows of u have been copied and compared while those of big are still being copied
  /// slowly.
  [[nodiscard]] static bool has_compared_u(const Process& copy) {
    const auto seen = [&] {
      std::istringstream events(copy.out());
      for (std::string line; std::getline(events, line);) {
        if (line.find("\"verify\"") != std::string::npos && line.find("public.u\"") != std::string::npos)
          return true;
      }
      return false;
    };
    while (!seen() && !copy.ends_within(5ms)) {
    }
    return seen() && copy.out().find("\"event\":\"finished\"") == std::string::npos;
  }
  void expect_equal() const {
    EXPECT_FALSE(has_journal(target_));
    EXPECT_EQ(target_.psql("select count(*) from u"), "2000");
    EXPECT_EQ(fidelity::differences(source_, target_), "");
  }

  support::Cluster server_;
  const support::Database source_{support::shared_source()};
  const support::Database target_{server_};
};

TEST_F(Unlogged, TablesAreCopiedAgainWithinTheRun) {
  FaultProxy proxy(server_);
  proxy.throttle(4'000'000);
  Process copy(command(proxy.uri(target_.name())));
  ASSERT_TRUE(has_compared_u(copy)) << copy.out() << copy.err();
  server_.stop_immediate();
  server_.restart();
  proxy.throttle(0);
  const ProcessResult done = copy.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  expect_equal();
}

/// The postmaster stays: it ends all sessions and recovers.
TEST_F(Unlogged, TablesAreCopiedAgainWhenOneSessionOfTheServerCrashed) {
  FaultProxy proxy(server_);
  proxy.throttle(4'000'000);
  Process copy(command(proxy.uri(target_.name())));
  ASSERT_TRUE(has_compared_u(copy)) << copy.out() << copy.err();
  const std::string session =
      target_.psql("select pid from pg_stat_activity where backend_type = 'walwriter'");
  ASSERT_EQ(kill(std::stoi(session), SIGKILL), 0);
  proxy.throttle(0);
  const ProcessResult done = copy.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  expect_equal();
}

TEST_F(Unlogged, TablesAreCopiedAgainByARunThatGoesOn) {
  FaultProxy proxy(server_);
  proxy.throttle(4'000'000);
  {
    Process copy(command(proxy.uri(target_.name())));
    ASSERT_TRUE(has_compared_u(copy)) << copy.out() << copy.err();
    copy.send(SIGKILL);
    (void)copy.wait();
  }
  server_.stop_immediate();
  server_.restart();
  ASSERT_EQ(target_.psql("select count(*) from u"), "0");
  const ProcessResult done = support::run_command(command(target_.uri(), true));
  EXPECT_EQ(done.exit_status, 0) << done.err;
  expect_equal();
}

TEST_F(Unlogged, TablesThatAreKeptAreNotCopiedAgain) {
  FaultProxy proxy(server_);
  proxy.throttle(4'000'000);
  {
    Process copy(command(proxy.uri(target_.name())));
    ASSERT_TRUE(has_compared_u(copy)) << copy.out() << copy.err();
    copy.send(SIGKILL);
    (void)copy.wait();
  }
  const std::string file = target_.psql("select pg_relation_filenode('u')");
  const ProcessResult done = support::run_command(command(target_.uri(), true));
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(target_.psql("select pg_relation_filenode('u')"), file);
  expect_equal();
}

/// Triggers stand by now: u can't be filled alone.
TEST_F(Unlogged, TablesThatCanNotBeFilledAgainHaveEverythingCopiedAnew) {
  source_.psql(
      "create function told() returns event_trigger language plpgsql as 'begin end';"
      "create event trigger \"" +
      source_.name() +
      "\" on ddl_command_end execute function told();"
      "create function refuse() returns trigger language plpgsql as 'begin raise ''no''; end';"
      "create trigger refuses before insert on u for each row execute function refuse()");
  auto lock = std::make_unique<Lock>(target_, "lock table pg_event_trigger in share mode");
  Process copy(command(target_.uri()));
  while (copy.err().find("waits on the target for a lock on pg_catalog.pg_event_trigger") ==
         std::string::npos) {
    ASSERT_FALSE(copy.ends_within(5ms)) << copy.err();
  }
  server_.stop_immediate();
  server_.restart();
  lock.reset();
  const ProcessResult done = copy.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_NE(done.err.find(
                "the target crashed, which emptied unlogged tables that had been copied, such as public."),
            std::string::npos)
      << done.err;
  expect_equal();
  source_.psql("drop event trigger \"" + source_.name() + "\"");
}

}  // namespace
}  // namespace pghaul::faults
