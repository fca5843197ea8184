#include <gtest/gtest.h>

#include <string>

#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"
#include "support/versions.h"

namespace pghaul::fidelity {
namespace {

/// Analyzed with a target of 10: whoever analyzes anew finds histograms of more values.
constexpr const char* kTables = R"(
  set role statistics_owner;
  create type mood as enum ('sad', 'ok', 'happy');
  create type float_range as range (subtype = float8);
  create domain percent as int;
  create table readings (gone int, id bigint primary key, "it's ""so""" text, mood mood, tags text[], words tsvector,
                         at timestamptz, nothing text, doubled int generated always as (id::int * 2) stored);
  alter table readings drop column gone;
  insert into readings select g, 'n' || g % 700, (array['sad', 'ok', 'happy'])[1 + g % 3]::mood, array['x' || g % 10, 'y'],
    to_tsvector('simple', 'word' || g % 50), timestamptz '2026-01-01' + g * interval '1 h' from generate_series(1, 3000) g;
  create index readings_lower on readings (id, lower("it's ""so"""), (id + 1));
  create table spans (period int4range, measured float_range);
  insert into spans select int4range(g, g + g % 100 + 1), float_range(g, g + 0.5) from generate_series(1, 2000) g;
  create table orders (id int, note text) partition by range (id);
  create table orders_low partition of orders for values from (0) to (1000);
  create table orders_high partition of orders for values from (1000) to (3000);
  insert into orders select g, 'v' || g % 20 from generate_series(0, 2999) g;
  create table paired (a int, b int);
  insert into paired select g % 100, g % 100 from generate_series(1, 2000) g;
  create statistics pairs on a, b from paired;
  create table never (a int);
  insert into never select generate_series(1, 2000);
  alter table never set (autovacuum_enabled = off);
  create table few (a int);
  insert into few select generate_series(1, 20);
  create table changed (a int);
  insert into changed select generate_series(1, 2000);
  create table grown (a int);
  insert into grown select generate_series(1, 2000);
  create table narrowed (p percent);
  insert into narrowed select case when g % 50 = 0 then 500 else g % 100 end from generate_series(1, 2000) g;
)";
constexpr const char* kGather = R"(
  set role statistics_owner;
  set default_statistics_target = 10;
  analyze readings; analyze spans; analyze orders; analyze paired; analyze few; analyze changed; analyze grown;
  analyze narrowed;
)";
/// Changes the tables so that their statistics no longer apply; of `grown` the server has dropped the note of
/// that, and of `narrowed` it doesn't know that its type refuses their values.
constexpr const char* kChange = R"(
  set role statistics_owner;
  update changed set a = a + 100000 where a > 1000;
  insert into grown select generate_series(1, 2000);
  delete from narrowed where p > 100;
  alter domain percent add check (value <= 100);
)";
constexpr const char* kForget =
    "select pg_stat_reset_single_table_counters('grown'::regclass), "
    "pg_stat_reset_single_table_counters('narrowed'::regclass)";

std::string owned_by(const std::string& role, std::string uri) {
  return uri.replace(uri.find("postgres@"), 8, role);
}

/// The role owns the database, and has no other rights.
class CarriedStatistics : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: its own ordinary role is made";
    source_version_ = support::find_version(GetParam());
    target_version_ = support::find_version(18);
    for (const support::Version& version : {source_version_, target_version_}) {
      if (!version.missing.empty()) GTEST_SKIP() << version.missing;
    }
    for (auto& [server, version] :
         {std::pair(&source_server_, source_version_), std::pair(&target_server_, target_version_)}) {
      server->emplace(
          support::ClusterOptions{.settings = {{"autovacuum", "off"}}, .bin_dir = version.server_bin});
      (*server)->psql("postgres", "create role statistics_owner login");
    }
    source_.emplace(*source_server_);
    target_.emplace(*target_server_);
    for (const support::Database* database : {&*source_, &*target_}) {
      database->psql("alter database \"" + database->name() +
                     "\" owner to statistics_owner;"
                     "grant all on schema public to statistics_owner");
    }
    for (const char* step : {kTables, kGather, kChange, kForget}) source_->psql(step);
  }

  [[nodiscard]] support::Haul haul(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin() + 1, {owned_by("statistics_owner", source_->uri()),
                                             owned_by("statistics_owner", target_->uri())});
    return support::haul(arguments, {{"PATH", support::path_with_fetched_clients()}});
  }

  /// Returns all that pg_stats has shown in every version.
  static std::string statistics_of(const support::Database& database, const std::string& table) {
    return database.psql(
        "select s.tablename, attname, inherited, null_frac, avg_width, n_distinct, most_common_vals, "
        "most_common_freqs,"
        " histogram_bounds, correlation, most_common_elems, most_common_elem_freqs, elem_count_histogram"
        " from pg_stats s where s.tablename like '" +
        table + "%' order by 1, 2, 3");
  }
  void expect_carried(const std::string& table) const {
    const std::string of_source = statistics_of(*source_, table);
    EXPECT_NE(of_source, "") << table;
    EXPECT_EQ(statistics_of(*target_, table), of_source);
    EXPECT_EQ(analyzed(table), "0") << table;
  }
  [[nodiscard]] std::string analyzed(const std::string& table) const {
    return target_->psql("select analyze_count from pg_stat_all_tables where relid = '" + table +
                         "'::regclass");
  }
  void expect_analyzed(const std::string& table) const {
    EXPECT_EQ(analyzed(table), "1") << table;
    EXPECT_NE(statistics_of(*target_, table), "") << table;
  }

  support::Version source_version_, target_version_;
  std::optional<support::Cluster> source_server_, target_server_;
  std::optional<support::Database> source_, target_;
};

TEST_P(CarriedStatistics, AreTheSourcesWhereTheyStillApply) {
  const support::Haul done = haul({"copy"});
  ASSERT_EQ(done.exit_status, 0) << done.err;
  for (const char* table : {"readings", "orders", "orders_low", "orders_high"}) expect_carried(table);
  for (const char* table : {"paired", "never", "few", "changed", "grown", "narrowed"}) expect_analyzed(table);
  EXPECT_EQ(
      target_->psql(
          "select count(*) from pg_stats_ext where statistics_name = 'pairs' and dependencies is not null"),
      "1");
  const bool shows_ranges = GetParam() >= 17;
  if (shows_ranges) {
    expect_carried("spans");
    EXPECT_EQ(target_->psql("select count(range_bounds_histogram) from pg_stats where tablename = 'spans'"),
              "2");
  } else {
    expect_analyzed("spans");
  }
  EXPECT_EQ(done.report["statistics"]["carried"], shows_ranges ? 5 : 4);
  EXPECT_EQ(done.report["statistics"]["analyzed"], shows_ranges ? 6 : 7);
  EXPECT_EQ(done.report["left_out"].size(), 0U) << done.report["left_out"].dump(1);
}

TEST_P(CarriedStatistics, LetThePlannerKnowPagesAndRowsOfTheTarget) {
  ASSERT_EQ(haul({"copy"}).exit_status, 0);
  EXPECT_EQ(target_->psql(
                "select reltuples, relpages = pg_relation_size(oid) / 8192, relallvisible > 0 from pg_class"
                " where relname = 'readings'"),
            "3000|t|t");
  EXPECT_EQ(target_->psql("select reltuples, relpages from pg_class where relname = 'orders'"), "3000|-1");
}

TEST_P(CarriedStatistics, AreToldOfByPlan) {
  const support::Haul planned = haul({"plan"});
  ASSERT_EQ(planned.exit_status, 0) << planned.err;
  EXPECT_EQ(planned.report["statistics"]["carried"],
            GetParam() >= 17 ? 7 : 6);  // with those that won't apply
}

TEST_P(CarriedStatistics, AreNotWantedWithAnalyze) {
  const support::Haul done = haul({"copy", "--analyze"});
  ASSERT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(done.report["statistics"]["carried"], 0);
  for (const char* table : {"readings", "orders", "orders_low", "paired", "few"}) expect_analyzed(table);
}

/// The view can't be filled at first, so all else is done before.
TEST_P(CarriedStatistics, StayAsTheyWereReadWhenACopyGoesOn) {
  source_->psql(
      "set role statistics_owner;"
      "create function halts() returns text language plpgsql as $$ begin"
      " if current_setting('test.halts', true) = 'yes' then raise 'halted'; end if; return 'goes on'; end $$;"
      "create materialized view halting as select halts()");
  const std::string before = statistics_of(*source_, "readings");
  target_->psql("alter role statistics_owner set test.halts = 'yes'");
  ASSERT_EQ(haul({"copy"}).exit_status, 5);
  source_->psql("analyze");
  target_->psql("alter role statistics_owner reset test.halts");
  const support::Haul done = haul({"copy", "--resume"});
  ASSERT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(statistics_of(*target_, "readings"), before);
  expect_analyzed("never");
}

INSTANTIATE_TEST_SUITE_P(Versions, CarriedStatistics, testing::Values(15, 17),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace pghaul::fidelity
