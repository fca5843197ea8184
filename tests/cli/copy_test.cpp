#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "postgres/connection.h"
#include "postgres/connection_string.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/process.h"
#include "support/terminal.h"

namespace pghaul {
namespace {

using nlohmann::json;
using support::Database;
using support::ProcessResult;
using support::Terminal;

constexpr const char* kShop =
    "create table customers (id bigint primary key, name text);"
    "insert into customers select i, 'customer ' || i from generate_series(1, 1000) i;"
    "create table orders (id bigint primary key, customer bigint references customers);"
    "insert into orders select i, 1 + i % 1000 from generate_series(1, 3000) i;"
    "create index on orders (customer)";

/// A small shop on one server, and an empty database on the other.
class Copy : public testing::Test {
 protected:
  Copy() : source_(support::shared_source()), target_(support::shared_target()) { source_.psql(kShop); }

  [[nodiscard]] std::vector<std::string> arguments(const std::string& verb,
                                                   const std::vector<std::string>& options) const {
    std::vector<std::string> all{PGHAUL_COMMAND, verb};
    all.insert(all.end(), options.begin(), options.end());
    all.push_back(source_.uri());
    all.push_back(target_.uri());
    return all;
  }
  [[nodiscard]] ProcessResult pghaul(const std::string& verb,
                                     const std::vector<std::string>& options = {}) const {
    return support::run_command(arguments(verb, options));
  }
  void fill_target() const {
    target_.psql("create table precious (id int); insert into precious values (1)");
  }
  [[nodiscard]] std::string tables_of_target() const {
    return target_.psql(
        "select string_agg(relname, ' ' order by relname) from pg_class "
        "where relkind = 'r' and relnamespace = 'public'::regnamespace");
  }

  Database source_;
  Database target_;
};

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& ending)
      : path_(std::filesystem::temp_directory_path() / ("pghaul-cli-" + std::to_string(getpid()) + ending)) {}
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

TEST_F(Copy, EndsWithASummaryThatSaysVerified) {
  const ProcessResult copied = pghaul("copy");
  EXPECT_EQ(copied.exit_status, 0) << copied.err;
  EXPECT_NE(copied.out.find("\nverified: 2 tables, 4,000 rows\n"), std::string::npos) << copied.out;
  EXPECT_EQ(target_.psql("select count(*) from orders"), "3000");
}

TEST_F(Copy, WritesAReportForItsOwnerOnly) {
  const TemporaryFile report(".json");
  const ProcessResult copied = pghaul("copy", {"--report", report.path()});
  ASSERT_EQ(copied.exit_status, 0) << copied.err;
  struct stat status {};
  ASSERT_EQ(stat(report.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  std::ifstream file(report.path());
  const json document = json::parse(file);
  EXPECT_EQ(document.at("format"), 1);
  EXPECT_EQ(document.at("status"), "verified");
  EXPECT_EQ(document.at("tables").size(), 2u);
}

TEST_F(Copy, GivesStandardOutputToEventsAlone) {
  const ProcessResult copied = pghaul("copy", {"--events", "-"});
  ASSERT_EQ(copied.exit_status, 0) << copied.err;
  std::istringstream lines(copied.out);
  std::vector<json> events;
  for (std::string line; std::getline(lines, line);) events.push_back(json::parse(line));
  ASSERT_GE(events.size(), 2u);
  EXPECT_EQ(events.front().at("event"), "started");
  EXPECT_EQ(events.back().at("event"), "finished");
  EXPECT_EQ(events.back().at("status"), "verified");
  EXPECT_NE(copied.err.find("verified: 2 tables"), std::string::npos) << copied.err;
}

TEST_F(Copy, RefusesATargetThatHoldsSomething) {
  fill_target();
  const ProcessResult refused = pghaul("copy");
  EXPECT_EQ(refused.exit_status, 3);
  EXPECT_EQ(refused.out, "");
  EXPECT_NE(refused.err.find("pghaul: error: "), std::string::npos);
  EXPECT_NE(refused.err.find("--confirm " + target_.name()), std::string::npos) << refused.err;
  EXPECT_EQ(tables_of_target(), "precious");
}

TEST_F(Copy, ReplacesWhatAConfirmedTargetHolds) {
  fill_target();
  const ProcessResult copied = pghaul("copy", {"--confirm", target_.name()});
  EXPECT_EQ(copied.exit_status, 0) << copied.err;
  EXPECT_EQ(tables_of_target(), "customers orders");
}

TEST_F(Copy, ReplacesWhatTheTargetHoldsOnceItsNameIsTyped) {
  fill_target();
  Terminal terminal(arguments("copy", {}), {{"TERM", "xterm"}});
  terminal.expect("> ");
  EXPECT_NE(terminal.shown().find("WARNING"), std::string::npos) << terminal.shown();
  EXPECT_NE(terminal.shown().find(source_.name()), std::string::npos) << terminal.shown();
  terminal.type(target_.name() + "\n");
  EXPECT_EQ(terminal.wait(), 0) << terminal.shown();
  EXPECT_NE(terminal.shown().find("verified"), std::string::npos) << terminal.shown();
  EXPECT_EQ(tables_of_target(), "customers orders");
}

TEST_F(Copy, LeavesTheTargetAloneWhenAnotherNameIsTyped) {
  fill_target();
  Terminal terminal(arguments("copy", {}), {{"TERM", "xterm"}});
  terminal.expect("> ");
  terminal.type("yes\n");
  EXPECT_EQ(terminal.wait(), 3) << terminal.shown();
  EXPECT_NE(terminal.shown().find("nothing was touched"), std::string::npos) << terminal.shown();
  EXPECT_EQ(tables_of_target(), "precious");
}

TEST_F(Copy, LeavesTheTargetAloneWhenThePromptIsInterrupted) {
  fill_target();
  Terminal terminal(arguments("copy", {}), {{"TERM", "xterm"}});
  terminal.expect("> ");
  terminal.type("\x03");
  EXPECT_EQ(terminal.wait(), 130) << terminal.shown();
  EXPECT_EQ(tables_of_target(), "precious");
}

TEST_F(Copy, StopsWhenAskedWhileTheTargetWaits) {
  source_.psql(
      "create function gate() returns boolean language plpgsql as "
      "'begin perform pg_advisory_xact_lock_shared(1); return true; end';"
      "alter table customers add check (public.gate())");
  auto gatekeeper =
      postgres::Connection::open(*postgres::ConnectionString::parse(target_.uri()), postgres::Side::target);
  ASSERT_TRUE(gatekeeper && gatekeeper->execute("select pg_advisory_lock(1)"));

  const TemporaryFile events(".fifo");
  ASSERT_EQ(mkfifo(events.path().c_str(), 0600), 0);
  support::Process process(arguments("copy", {"--events", events.path()}));
  std::ifstream reader(events.path());
  std::string event;
  while (std::getline(reader, event) && event.find("copy public.customers") == std::string::npos) continue;
  process.send(SIGTERM);
  while (std::getline(reader, event)) continue;
  const ProcessResult stopped = process.wait();
  EXPECT_EQ(stopped.exit_status, 130) << stopped.err;
  EXPECT_NE(stopped.err.find("press Ctrl-C again to abort immediately"), std::string::npos) << stopped.err;
}

TEST_F(Copy, IsPlannedThoughItWouldBeRefusedWithAStatusThatTells) {
  target_.psql("create table in_the_way (a int)");
  const ProcessResult planned = pghaul("plan");
  EXPECT_EQ(planned.exit_status, 3) << planned.err;
  EXPECT_NE(planned.out.find("public.orders"), std::string::npos) << planned.out;
  EXPECT_NE(planned.out.find("refusal: the target database"), std::string::npos) << planned.out;
  EXPECT_EQ(json::parse(pghaul("plan", {"--json"}).out).at("status"), "refused");
  EXPECT_EQ(pghaul("plan", {"--confirm", target_.name()}).exit_status, 0);
}

TEST_F(Copy, ThatIsPartialHasAStatusOfItsOwnWhereThatIsAsked) {
  source_.psql("select lo_create(1)");
  EXPECT_EQ(pghaul("copy", {"-B", "--strict"}).exit_status, 9);
  EXPECT_EQ(pghaul("verify", {"-B", "--strict"}).exit_status, 9);
  EXPECT_EQ(pghaul("verify", {"-B"}).exit_status, 0);
  source_.psql("select lo_unlink(1)");
  EXPECT_EQ(pghaul("verify", {"-B", "--strict"}).exit_status, 0);
}

TEST_F(Copy, OutlivesAReaderOfEventsWhoLeaves) {
  const TemporaryFile events(".fifo");
  ASSERT_EQ(mkfifo(events.path().c_str(), 0600), 0);
  support::Process process(arguments("copy", {"--events", events.path()}));
  { const std::ifstream reader(events.path()); }
  const ProcessResult copied = process.wait();
  EXPECT_EQ(copied.exit_status, 0) << copied.err;
  EXPECT_NE(copied.err.find("no more events are written"), std::string::npos) << copied.err;
}

TEST_F(Copy, LearnsHowProgramsEndThoughItsCallerIgnoresThat) {
  std::vector<std::string> command{"bash", "-c", "trap '' CHLD; exec \"$@\"", "bash"};
  const std::vector<std::string> copy = arguments("copy", {});
  command.insert(command.end(), copy.begin(), copy.end());
  const ProcessResult copied = support::run_command(command);
  EXPECT_EQ(copied.exit_status, 0) << copied.err;
}

TEST_F(Copy, IsFoundEqualUntilSomethingChanges) {
  ASSERT_EQ(pghaul("copy").exit_status, 0);
  const ProcessResult equal = pghaul("verify");
  EXPECT_EQ(equal.exit_status, 0) << equal.err;
  EXPECT_NE(equal.out.find("verified: 2 tables, 4,000 rows"), std::string::npos) << equal.out;

  target_.psql("update customers set name = 'somebody else' where id = 500");
  const ProcessResult different = pghaul("verify");
  EXPECT_EQ(different.exit_status, 6);
  EXPECT_NE(different.out.find("  different\n    public.customers: "), std::string::npos) << different.out;
  EXPECT_NE(different.err.find("pghaul: error: "), std::string::npos) << different.err;
  EXPECT_EQ(pghaul("verify", {"--verify", "counts"}).exit_status, 0);

  const ProcessResult as_json = pghaul("verify", {"--json"});
  EXPECT_EQ(json::parse(as_json.out).at("status"), "mismatch");
}

TEST_F(Copy, IsPlannedWithoutTouchingAnything) {
  const ProcessResult planned = pghaul("plan");
  EXPECT_EQ(planned.exit_status, 0) << planned.err;
  EXPECT_NE(planned.out.find("public.orders"), std::string::npos) << planned.out;
  EXPECT_EQ(tables_of_target(), "");
  EXPECT_EQ(json::parse(pghaul("plan", {"--json"}).out).at("status"), "planned");
}

TEST_F(Copy, OutlivesAReaderOfResultsWhoLeaves) {
  const ProcessResult planned =
      support::run_command({"bash", "-c", "\"$@\" | true; exit ${PIPESTATUS[0]}", "bash", PGHAUL_COMMAND,
                            "plan", source_.uri(), target_.uri()});
  EXPECT_EQ(planned.exit_status, 0) << planned.err;
}

}  // namespace
}  // namespace pghaul
