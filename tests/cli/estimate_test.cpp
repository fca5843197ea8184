#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"
#include "support/process.h"

namespace pghaul {
namespace {

using nlohmann::json;
using support::Database;
using support::Haul;

constexpr const char* kShop =
    "create type state as enum ('new', 'paid');"
    "create domain mail as text check (value like '%@%');"
    "create table customers (id bigint primary key, address mail unique, state state, tags state[]);"
    "insert into customers select i, 'c' || i || '@example.com', 'paid', '{new}' from generate_series(1, "
    "20000) i;"
    "create table orders (id bigint primary key, customer bigint references customers, note text);"
    "insert into orders select i, 1 + i % 20000, md5(i::text) from generate_series(1, 60000) i;"
    "create index on orders (customer); create index on orders (lower(note)) where id > 10;"
    "analyze";

/// Everything that a database holds and that somebody may have changed.
constexpr const char* kState =
    "select string_agg(distinct what, ' ' order by what) from ("
    "  select nspname from pg_namespace where nspname !~ '^pg_(temp|toast_temp)'"
    "  union all select relname || coalesce(pg_relation_filenode(oid)::text, '') from pg_class"
    "    where relnamespace >= 16384 or relnamespace = 'public'::regnamespace"
    "  union all select proname from pg_proc where pronamespace = 'public'::regnamespace"
    "  union all select typname from pg_type where typnamespace = 'public'::regnamespace) as t(what)";

class Estimate : public testing::Test {
 protected:
  Estimate()
      : source_(support::shared_source()),
        target_(support::shared_target()),
        folder_(std::filesystem::temp_directory_path() / ("pghaul-estimate-" + std::to_string(getpid()))) {
    std::filesystem::create_directory(folder_);
    source_.psql(kShop);
    target_.psql("create table precious (id int); insert into precious values (1)");
  }

  ~Estimate() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] Haul estimate(std::vector<std::string> options = {}, bool with_target = true) const {
    options.insert(options.begin(), "estimate");
    options.push_back(source_.uri());
    if (with_target) options.push_back(target_.uri());
    return support::haul(options, {{"XDG_STATE_HOME", "/nonexistent"}});
  }

  Database source_;
  Database target_;
  std::filesystem::path folder_;
};

/// Keys are sampled by ranges; those beyond the copy's last one are counted.
TEST_F(Estimate, ForetellsASyncOfAnOlderCopy) {
  const Database source(support::shared_source());
  const Database copy(support::shared_target());
  const auto forecast = [&] {
    return support::haul({"estimate", "--sync", "--window", "1h", "--budget", "10", source.uri(), copy.uri()},
                         {{"XDG_STATE_HOME", "/nonexistent"}});
  };
  source.psql("create table other (id int)");
  EXPECT_EQ(forecast().exit_status, 3);
  EXPECT_EQ(support::haul({"estimate", "--sync", source.uri()}).exit_status, 2);
  source.psql(
      "create table events (id bigint primary key, v text);"
      "insert into events select i, repeat('x', 200) from generate_series(1, 60000) i");
  ASSERT_EQ(support::haul({"copy", source.uri(), copy.uri()}).exit_status, 0);
  source.psql(
      "update events set v = 'new' where id % 10 = 0;"
      "insert into events select i, 'new' from generate_series(60001, 61000) i; analyze events");
  const Haul done = forecast();
  ASSERT_EQ(done.exit_status, 0) << done.err;
  const json& sync = done.report["estimate"]["sync"];
  EXPECT_EQ(sync["by_record"], false);
  EXPECT_EQ(sync["changed"], 1) << sync;
  EXPECT_EQ(sync["tables"][0]["object"], "public.events");
  EXPECT_GT(sync["rows"], 6000) << sync;
  EXPECT_LT(sync["rows"], 8000) << sync;
  EXPECT_EQ(sync["window"]["fits"], true);
  EXPECT_NE(done.out.find("in the window"), std::string::npos) << done.out;
}

TEST_F(Estimate, ForetellsFromSamples) {
  const Haul done = estimate();
  ASSERT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(done.report["status"], "estimated");
  const json& estimate = done.report["estimate"];
  EXPECT_GT(estimate["seconds"], 0);
  EXPECT_LE(estimate["low"], estimate["seconds"]);
  EXPECT_GE(estimate["high"], estimate["seconds"]);
  EXPECT_EQ(estimate["measured"], true);
  EXPECT_EQ(estimate["sampled_tables"], 2);
  EXPECT_EQ(estimate["milestones"].back()["name"], "verified");
  EXPECT_EQ(estimate["milestones"].back()["seconds"], estimate["seconds"]);
  EXPECT_FALSE(estimate["critical"].empty());
  EXPECT_TRUE(estimate["notes"].empty()) << estimate["notes"];
}

TEST_F(Estimate, LeavesBothServersAsTheyWere) {
  const std::string source = source_.psql(kState);
  const std::string target = target_.psql(kState);
  ASSERT_EQ(estimate().exit_status, 0);
  EXPECT_EQ(source_.psql(kState), source);
  EXPECT_EQ(target_.psql(kState), target);
  EXPECT_EQ(target_.psql("select id from precious"), "1");
}

TEST_F(Estimate, CleansUpAfterOneThatWasKilled) {
  const std::string before = target_.psql(kState);
  support::Process killed({PGHAUL_COMMAND, "estimate", source_.uri(), target_.uri()});
  while (target_.psql("select count(*) from pg_namespace where nspname = 'pghaul_scratch'") == "0") {
  }
  killed.send(SIGKILL);
  EXPECT_EQ(killed.wait().exit_status, 128 + SIGKILL);
  target_.psql(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
      "and pid <> pg_backend_pid()");
  const Haul again = estimate();
  EXPECT_EQ(again.exit_status, 0) << again.err;
  EXPECT_TRUE(again.report["estimate"]["notes"].empty()) << again.report["estimate"]["notes"];
  EXPECT_EQ(target_.psql(kState), before);
}

/// Somebody keeps the catalog that a scratch schema is to be written into.
TEST_F(Estimate, HearsAnInterruptWhileItWaitsForALock) {
  support::Process holder({"psql", "-X", "-c", "begin", "-c", "lock table pg_namespace in share mode", "-c",
                           "select pg_sleep(600)", target_.uri()});
  const auto count = [&](const std::string& condition) {
    return target_.psql("select count(*) from pg_stat_activity where datname = current_database() and " +
                        condition);
  };
  while (count("wait_event = 'PgSleep'") == "0") {
  }
  support::Process running({PGHAUL_COMMAND, "estimate", source_.uri(), target_.uri()});
  while (count("wait_event_type = 'Lock' and query like '%pghaul_scratch%'") == "0") {
    ASSERT_FALSE(running.ends_within(std::chrono::milliseconds(5))) << running.err();
  }
  running.send(SIGINT);
  const support::ProcessResult done = running.wait();
  EXPECT_EQ(done.exit_status, 130) << done.out << done.err;
  target_.psql(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
      " and wait_event = 'PgSleep'");
}

TEST_F(Estimate, LeavesASchemaAloneThatSomebodyElseMade) {
  target_.psql("create schema pghaul_scratch; create table pghaul_scratch.mine ()");
  const Haul done = estimate();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(target_.psql("select count(*) from pg_class where relname = 'mine'"), "1");
  ASSERT_EQ(done.report["estimate"]["notes"].size(), 1U);
  EXPECT_NE(done.report["estimate"]["notes"][0].get<std::string>().find("pghaul did not make"),
            std::string::npos);
}

TEST_F(Estimate, WithoutATargetIsWider) {
  const json with = estimate().report["estimate"];
  const Haul done = estimate({}, false);
  ASSERT_EQ(done.exit_status, 0) << done.err;
  const json& without = done.report["estimate"];
  EXPECT_EQ(without["measured"], false);
  const auto width = [](const json& one) { return one["high"].get<double>() / one["low"].get<double>(); };
  EXPECT_GT(width(without), width(with));
}

TEST_F(Estimate, SaysWhetherItFits) {
  const Haul roomy = estimate({"--window", "2h"});
  EXPECT_EQ(roomy.exit_status, 0) << roomy.err;
  const json wide = roomy.report["estimate"]["window"];
  EXPECT_EQ(wide["fits"], true);
  EXPECT_GT(wide["margin"], 7000);
  const Haul tight = estimate({"--window", "0.01s"}, false);
  EXPECT_EQ(tight.exit_status, 8) << tight.err;
  const json narrow = tight.report["estimate"]["window"];
  EXPECT_EQ(narrow["fits"], false);
  EXPECT_EQ(narrow["likely"], false);
}

TEST_F(Estimate, FollowsARehearsal) {
  const support::Environment environment = {{"XDG_STATE_HOME", folder_}};
  target_.psql("drop table precious");
  const Haul rehearsed = support::haul({"copy", "--rehearse", source_.uri(), target_.uri()}, environment);
  ASSERT_EQ(rehearsed.exit_status, 0) << rehearsed.err;
  const Haul done = support::haul({"estimate", source_.uri(), target_.uri()}, environment);
  ASSERT_EQ(done.exit_status, 0) << done.err;
  const json& estimate = done.report["estimate"];
  const double took = rehearsed.report["downtime"]["seconds"];
  EXPECT_NEAR(estimate["rehearsed_seconds"].get<double>(), took, 0.1 * took);
}

TEST_F(Estimate, TriesLargeObjectsAndTinyTablesAndLeavesNone) {
  source_.psql(
      "select lo_from_bytea(0, convert_to(repeat(md5(i::text), 100), 'UTF8')) "
      "from generate_series(1, 50) i");
  for (const char* name : {"a", "b", "c"}) {
    source_.psql(std::string("create table ") + name + " (id int primary key); insert into " + name +
                 " values (1); analyze " + name);
  }
  const Haul done = estimate();
  ASSERT_EQ(done.exit_status, 0) << done.err;
  EXPECT_TRUE(done.report["estimate"]["notes"].empty()) << done.report["estimate"]["notes"];
  EXPECT_EQ(done.report["estimate"]["sampled_tables"], 3) << "two large ones, and a batch of tiny ones";
  EXPECT_EQ(target_.psql("select count(*) from pg_largeobject_metadata"), "0");
}

TEST_F(Estimate, CanBeReadAsAPage) {
  const std::string page = folder_ / "forecast.html";
  const support::ProcessResult done =
      support::run_command({PGHAUL_COMMAND, "estimate", "--report", page, source_.uri(), target_.uri()},
                           {{"XDG_STATE_HOME", "/nonexistent"}});
  ASSERT_EQ(done.exit_status, 0) << done.err;
  std::ifstream file(page);
  const std::string html{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(html.starts_with("<!DOCTYPE html>"));
  const std::string begin = R"(id="report">)";
  const std::size_t at = html.find(begin) + begin.size();
  const json report = json::parse(html.substr(at, html.find("</script>", at) - at));
  EXPECT_EQ(report["status"], "estimated");
  EXPECT_GT(report["estimate"]["seconds"], 0);
}

TEST_F(Estimate, ComparesNumbersOfWorkersAndGrows) {
  const json estimate = this->estimate({"--jobs", "1,2", "--grow", "100%"}, false).report["estimate"];
  ASSERT_EQ(estimate["by_jobs"].size(), 2U);
  EXPECT_EQ(estimate["by_jobs"][0]["jobs"], 1);
  EXPECT_EQ(estimate["growth"], 2.0);
  const json once = this->estimate({}, false).report["estimate"];
  EXPECT_NEAR(estimate["disk_bytes"].get<double>(), 2 * once["disk_bytes"].get<double>(), 10);
}

}  // namespace
}  // namespace pghaul
