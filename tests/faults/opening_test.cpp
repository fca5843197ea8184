#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>

#include "faults/shop.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/process.h"

namespace pghaul::faults {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using support::Database;
using support::Process;
using support::ProcessResult;

/// All that --open-after may leave for later, by name and state.
constexpr const char* kMade =
    "select string_agg(what, ' ' order by what) from ("
    "  select c.relname || ' ' || indisvalid from pg_index join pg_class as c on c.oid = indexrelid"
    "    where c.relnamespace::regnamespace::text !~ '^pg_'"
    "  union all select conname || ' ' || convalidated || ' ' || conrelid::regclass from pg_constraint"
    "  union all select tgname from pg_trigger where not tgisinternal"
    "  union all select polname from pg_policy"
    "  union all select relname || ' ' || relispopulated || ' ' || relrowsecurity from pg_class"
    "    where relnamespace = 'shop'::regnamespace) as t(what)";

/// Writes as an application does as soon as it may; the results must be found afterwards.
constexpr const char* kWrite =
    "insert into shop.customers (name, email) values ('new', 'new@example.com');"
    "update shop.documents set body = 'changed' where id = 3; delete from shop.events where id = 5;"
    "select nextval('shop.events_id_seq')";
constexpr const char* kWritten =
    "select (select name from shop.customers where email = 'new@example.com'),"
    " (select body from shop.documents where id = 3), (select words from shop.log where id = 3),"
    " (select count(*) from shop.events where id = 5), (select last_value from shop.events_id_seq)";
constexpr const char* kAsWritten = "new|changed|by trigger|0|1234568";

std::optional<json> opening_in(const std::string& events) {
  std::istringstream lines(events);
  for (std::string line; std::getline(lines, line);) {
    const json event = json::parse(line, nullptr, false);
    if (event.is_object() && event.value("event", "") == "milestone" && event.value("open", false))
      return event;
  }
  return std::nullopt;
}

class OpenAfter : public testing::Test {
 protected:
  OpenAfter() { fill_shop(source_); }

  [[nodiscard]] std::vector<std::string> command(const std::string& milestone, bool resume = false) const {
    std::vector<std::string> argv = {PGHAUL_COMMAND, "copy", "--progress",   "none",   "--jobs", "3",
                                     "--events",     "-",    "--open-after", milestone};
    if (resume) argv.emplace_back("--resume");
    argv.insert(argv.end(), {source_.uri(), target_.uri()});
    return argv;
  }
  /// Keeps an old state of the target visible, for which CREATE INDEX CONCURRENTLY waits.
  [[nodiscard]] std::unique_ptr<Process> keep_an_old_state() const {
    auto holder = std::make_unique<Process>(
        std::vector<std::string>{"psql", "-X", "-c", "begin isolation level repeatable read", "-c",
                                 "select 1", "-c", "select pg_sleep(600)", target_.uri()});
    while (target_.psql("select count(*) from pg_stat_activity where datname = current_database() and"
                        " query like '%pg_sleep(600)' and pid <> pg_backend_pid()") == "0") {
    }
    return holder;
  }
  void let_go_of_old_state() const {
    target_.psql(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
        " and query = 'select pg_sleep(600)'");
  }
  /// Waits for the opening; nothing: it ended before.
  static std::optional<json> wait_for_opening(const Process& copy) {
    while (!opening_in(copy.out()) && !copy.ends_within(5ms)) {
    }
    return opening_in(copy.out());
  }

  const Database source_{support::shared_source()};
  const Database target_{support::shared_target()};
};

class OpenAfterEach : public OpenAfter, public testing::WithParamInterface<const char*> {};

TEST_P(OpenAfterEach, LetsTheApplicationWriteWhileItFinishes) {
  const auto holder = keep_an_old_state();
  Process copy(command(GetParam()));
  const std::optional<json> opening = wait_for_opening(copy);
  ASSERT_TRUE(opening) << copy.wait().err;
  EXPECT_EQ(opening->at("name"), GetParam());
  EXPECT_GT(opening->at("downtime_seconds"), 0);
  target_.psql(kWrite);
  let_go_of_old_state();
  const ProcessResult done = copy.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_NE(done.err.find("Writes may resume now (downtime"), std::string::npos) << done.err;
  EXPECT_EQ(target_.psql(kWritten), kAsWritten);
  EXPECT_EQ(target_.psql(kMade), source_.psql(kMade));
  EXPECT_FALSE(has_journal(target_));
}

INSTANTIATE_TEST_SUITE_P(Milestones, OpenAfterEach, testing::Values("data", "keys", "indexes", "constraints"),
                         [](const auto& tested) { return tested.param; });

TEST_F(OpenAfter, KeepsWhatWasWrittenWhenItDiesAndGoesOn) {
  const auto holder = keep_an_old_state();
  {
    Process copy(command("data"));
    ASSERT_TRUE(wait_for_opening(copy));
    target_.psql(kWrite);
    // Such an index is begun once everything has been read back.
    while (target_.psql("select count(*) from pg_stat_progress_create_index where datname ="
                        " current_database() and command = 'CREATE INDEX CONCURRENTLY'") == "0") {
    }
    copy.send(SIGKILL);
    (void)copy.wait();
  }
  let_go_of_old_state();
  ProcessResult done;
  do {
    done = support::run_command(command("data", true));
  } while (done.err.find("another pghaul is working") != std::string::npos);
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(target_.psql(kWritten), kAsWritten);
  EXPECT_EQ(target_.psql(kMade), source_.psql(kMade));
}

TEST_F(OpenAfter, SaysWhatIsMissingWhenTheApplicationMadeItImpossible) {
  const auto holder = keep_an_old_state();
  Process copy(command("data"));
  ASSERT_TRUE(wait_for_opening(copy));
  target_.psql("insert into shop.documents select * from shop.documents where id = 3");
  let_go_of_old_state();
  const ProcessResult failed = copy.wait();
  EXPECT_EQ(failed.exit_status, 5) << failed.err;
  EXPECT_NE(failed.err.find("ADD CONSTRAINT \"documents_pkey\""), std::string::npos) << failed.err;

  target_.psql("delete from shop.documents where ctid = (select max(ctid) from shop.documents where id = 3)");
  const ProcessResult done = support::run_command(command("data", true));
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(target_.psql(kMade), source_.psql(kMade));
}

}  // namespace
}  // namespace pghaul::faults
