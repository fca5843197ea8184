#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <string>

#include "faults/shop.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"
#include "support/process.h"

namespace pghaul::faults {
namespace {

using namespace std::chrono_literals;
using support::Database;
using support::Haul;
using support::Process;

class Rehearsal : public testing::Test {
 protected:
  Rehearsal() {
    fill_shop(source_);
    target_.psql("create table precious (id int); insert into precious values (1)");
  }
  [[nodiscard]] Haul rehearse(const std::string& target) const {
    return support::haul({"copy", "--rehearse", source_.uri(), target});
  }
  /// Databases that stand for this test's target.
  [[nodiscard]] std::string scratch_databases() const {
    return target_.psql(
        "select string_agg(datname, ' ') from pg_database where datname like 'pghaul_rehearsal_%' and"
        " shobj_description(oid, 'pg_database') like '% ' || current_database() || ';%'");
  }
  [[nodiscard]] std::unique_ptr<Process> rehearse_until_rows_are_copied() const {
    auto process = std::make_unique<Process>(std::vector<std::string>{PGHAUL_COMMAND, "copy", "--rehearse",
                                                                      "--progress", "none", "--events", "-",
                                                                      source_.uri(), target_.uri()});
    while (process->out().find("\"table\"") == std::string::npos && !process->ends_within(2ms)) {
    }
    return process;
  }

  const Database source_{support::shared_source()};
  const Database target_{support::shared_target()};
};

TEST_F(Rehearsal, CopiesAndVerifiesAndLeavesNothing) {
  const Haul done = rehearse(target_.uri());
  ASSERT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(done.report["status"], "verified");
  EXPECT_EQ(done.report["rehearsal"], true);
  EXPECT_EQ(done.report["target"]["database"], target_.name());
  EXPECT_GT(done.report["downtime"]["seconds"], 0);
  EXPECT_EQ(scratch_databases(), "");
  EXPECT_EQ(target_.psql("select id from precious"), "1");
}

TEST_F(Rehearsal, IsDroppedWhenItIsInterrupted) {
  const auto process = rehearse_until_rows_are_copied();
  process->send(SIGINT);
  EXPECT_EQ(process->wait().exit_status, 130);
  EXPECT_EQ(scratch_databases(), "");
}

TEST_F(Rehearsal, IsDroppedByTheNextOneWhenItWasKilled) {
  const std::string somebodys = "pghaul_rehearsal_of_" + target_.name();
  support::shared_target().create_database(somebodys);
  const auto process = rehearse_until_rows_are_copied();
  process->send(SIGKILL);
  (void)process->wait();
  EXPECT_NE(scratch_databases(), "");
  Haul done;
  do {
    done = rehearse(target_.uri());
  } while (done.err.find("another rehearsal") != std::string::npos);
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(scratch_databases(), "");
  EXPECT_EQ(target_.psql("select count(*) from pg_database where datname = '" + somebodys + "'"), "1");
  target_.psql("drop database " + somebodys);
}

TEST_F(Rehearsal, NeedsARoleThatMayMakeDatabases) {
  const std::string role = "may_not_" + target_.name();
  target_.psql("create role " + role + " login");
  const Haul done =
      rehearse(target_.uri() + (target_.uri().find('?') == std::string::npos ? "?" : "&") + "user=" + role);
  EXPECT_EQ(done.exit_status, 3) << done.err;
  EXPECT_NE(done.err.find("CREATEDB"), std::string::npos) << done.err;
  target_.psql("drop role " + role);
}

TEST_F(Rehearsal, DiscardsWithoutATarget) {
  const Haul done = support::haul({"copy", "--discard", source_.uri()});
  ASSERT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(done.report["status"], "read");
  EXPECT_GT(done.report["read"]["bytes_per_second"], 0);
  EXPECT_FALSE(done.report.contains("target"));
  EXPECT_FALSE(done.report.contains("downtime"));
}

}  // namespace
}  // namespace pghaul::faults
