#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

using support::Haul;
using support::haul;

class Computed : public testing::Test {
 protected:
  Computed() : source_(support::shared_source()), target_(support::shared_target()) {}

  [[nodiscard]] Haul copy(std::vector<std::string> options = {}) const {
    options.insert(options.begin(), "copy");
    options.insert(options.end(), {source_.uri(), target_.uri()});
    return haul(options);
  }
  [[nodiscard]] Haul verify(std::vector<std::string> options = {}) const {
    options.insert(options.begin(), "verify");
    options.insert(options.end(), {source_.uri(), target_.uri()});
    return haul(options);
  }
  void both(const std::string& sql) const {
    source_.psql(sql);
    target_.psql(sql);
  }

  support::Database source_;
  support::Database target_;
};

/// "object: message" of each entry of verification's list.
std::vector<std::string> listed(const Haul& run, const char* list) {
  std::vector<std::string> all;
  if (!run.report.contains("verification") || !run.report["verification"].contains(list)) return all;
  for (const auto& one : run.report["verification"][list]) {
    all.push_back(one.value("object", "") + ": " + one.value("message", ""));
  }
  std::ranges::sort(all);
  return all;
}

std::vector<std::string> different(const Haul& run) {
  return listed(run, "mismatches");
}

std::int64_t compared(const Haul& run, const char* what) {
  return run.report["verification"].value(what, std::int64_t{0});
}

constexpr const char* kDocs = R"(
create function label(int) returns text language sql immutable as $$select 'v1-' || $1$$;
create table docs (id int primary key, at timestamptz, l text generated always as (label(id)) stored,
  twice int generated always as (id * 2) stored);
insert into docs select i, '2024-01-01 00:00+00'::timestamptz + i * interval '1 h' from generate_series(1, 500) i;
)";
constexpr const char* kNewLabel =
    "create or replace function label(int) returns text language sql immutable as $$select 'v2-' || $1$$;";

TEST_F(Computed, ColumnsThatComeOutOtherwiseAreNamedWithTheirRows) {
  source_.psql(std::string(kDocs) + kNewLabel);
  const Haul run = copy();
  EXPECT_EQ(run.exit_status, 6) << run.err;
  EXPECT_EQ(different(run), std::vector<std::string>{
                                "column l of public.docs: its generated values differ in 500 of 500 rows, "
                                "whose other columns are the same"});
  EXPECT_TRUE(run.report["tables"][0].value("verified", false)) << "its rows are the same";
  EXPECT_NE(run.report["error"].value("hint", "").find("UPDATE the source's rows"), std::string::npos);

  EXPECT_EQ(different(verify()), different(run));
  EXPECT_EQ(verify({"--verify", "counts"}).exit_status, 0);
}

TEST_F(Computed, ColumnsThatAreEqualAreCounted) {
  source_.psql(kDocs);
  source_.psql(
      "create table plain (id int); create table parted (id int, d int generated always as (id + 1) "
      "stored) partition by range (id); create table parted_1 partition of parted for values from (0) "
      "to (100); insert into parted select generate_series(1, 50)");
  const Haul run = copy();
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(compared(run, "generated_columns"), 3);
  EXPECT_NE(run.out.find(", 3 generated columns"), std::string::npos) << run.out;
  const Haul again = verify();
  EXPECT_EQ(again.exit_status, 0) << again.err;
  EXPECT_EQ(compared(again, "generated_columns"), 3);
}

TEST_F(Computed, OneRowAmongManyIsFoundAlsoWithoutAKey) {
  for (const char* const key : {"primary key", ""}) {
    both("drop table if exists docs; drop function if exists label(int)");
    std::string table = kDocs;
    table.replace(table.find("primary key"), std::string("primary key").size(), key);
    both(table + "insert into docs select * from (select 7, '2024-05-05'::timestamptz) as r where '" + key +
         "' = ''");
    ASSERT_EQ(verify().exit_status, 0);
    target_.psql(std::string(kNewLabel) + "update docs set id = id where id = 8");
    source_.psql(kNewLabel);
    const Haul run = verify();
    EXPECT_EQ(run.exit_status, 6) << run.err;
    const std::string rows = *key == '\0' ? "501" : "500";
    EXPECT_EQ(different(run),
              std::vector<std::string>{"column l of public.docs: its generated values differ in 1 of " +
                                       rows + " rows, whose other columns are the same"});
  }
}

TEST_F(Computed, ColumnsOfRowsThatDifferThemselvesAreNotNamedBesides) {
  both(kDocs);
  target_.psql("update docs set id = 1000 where id = 8");
  const Haul run = verify();
  ASSERT_EQ(different(run).size(), 1U) << run.err;
  EXPECT_TRUE(different(run)[0].starts_with("public.docs: "));
}

TEST_F(Computed, ColumnsOfAnArchiveAreComparedByTheDigestThatItHolds) {
  const std::string folder = testing::TempDir() + "pghaul_computed_" + source_.name();
  std::filesystem::remove_all(folder);
  source_.psql(std::string(kDocs) + "create materialized view m as select id from docs");
  const std::string archive = "archive:" + folder;
  ASSERT_EQ(haul({"copy", source_.uri(), archive}).exit_status, 0);
  const Haul equal = haul({"copy", archive, target_.uri()});
  EXPECT_EQ(equal.exit_status, 0) << equal.err;
  EXPECT_EQ(compared(equal, "generated_columns"), 2);
  EXPECT_EQ(listed(equal, "notes"),
            std::vector<std::string>{"materialized view public.m: was not compared: an "
                                     "archive holds no rows of it"});
  EXPECT_EQ(haul({"verify", archive, target_.uri()}).exit_status, 0);

  target_.psql(std::string(kNewLabel) + "update docs set id = id where id = 8");
  const Haul other = haul({"verify", archive, target_.uri()});
  EXPECT_EQ(other.exit_status, 6) << other.err;
  ASSERT_EQ(different(other).size(), 1U);
  EXPECT_TRUE(
      different(other)[0].starts_with("generated columns of public.docs: the values of l, twice differ"))
      << different(other)[0];
  std::filesystem::remove_all(folder);
}

TEST_F(Computed, RowsOfViewsAreCompared) {
  source_.psql(
      "create table t as select i from generate_series(1, 100) i;"
      "create materialized view m as select i, i * 1.5 as f from t where i > 10;"
      "create materialized view over_m as select count(*) from m;"
      "create materialized view empty as select 1 with no data");
  const Haul run = copy();
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(compared(run, "materialized_views"), 2);
  EXPECT_TRUE(listed(run, "notes").empty());
  EXPECT_NE(run.out.find(", 2 materialized views"), std::string::npos) << run.out;

  target_.psql("insert into t values (200); refresh materialized view m; delete from t where i = 200");
  const Haul changed = verify();
  EXPECT_EQ(changed.exit_status, 6) << changed.err;
  EXPECT_EQ(
      different(changed),
      std::vector<std::string>{"materialized view public.m: source has 90 rows, target 91; its query gives "
                               "on the source what the source holds"});
}

TEST_F(Computed, AViewThatWasNotRefreshedOnTheSourceIsNoDifference) {
  source_.psql(
      "create table t as select i from generate_series(1, 100) i;"
      "create materialized view m as select i from t; insert into t values (101)");
  const Haul run = copy();
  EXPECT_EQ(run.exit_status, 0) << run.err;
  const std::vector<std::string> noted{
      "materialized view public.m: its rows on the source (100) are older than its tables' and were not "
      "refreshed "
      "since; the target holds what its query gives (101)"};
  EXPECT_EQ(listed(run, "notes"), noted);
  EXPECT_NE(run.out.find("1 thing was noted"), std::string::npos) << run.out;
  EXPECT_EQ(listed(verify(), "notes"), noted);
}

/// Its source is a server of its own: a write by any other test would be a possible reason for the
/// difference.
TEST_F(Computed, AViewThatDiffersEachTimeIsNamed) {
  const support::Cluster quiet;
  const support::Database source(quiet);
  source.psql("create materialized view m as select pg_catalog.clock_timestamp() as at");
  const Haul run = haul({"copy", source.uri(), target_.uri()});
  EXPECT_EQ(run.exit_status, 6) << run.err;
  ASSERT_EQ(different(run).size(), 1U);
  EXPECT_TRUE(different(run)[0].starts_with("materialized view public.m: both have 1 rows"));
  EXPECT_NE(run.report["error"].value("hint", "").find("now()"), std::string::npos);
}

TEST_F(Computed, NoFunctionOfAnotherRoleIsRunOnTheSource) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: roles";
  const std::string role = "computed_" + source_.name();
  source_.psql("create role " + role);
  target_.psql("create role " + role);
  source_.psql("grant create on schema public to " + role + "; set role " + role +
               "; create function f() returns text language sql as 'select session_user::text';"
               "create table t as select 1 as i; create materialized view m as select i, f() from t;"
               "insert into t values (2)");
  const Haul run = copy();
  EXPECT_EQ(run.exit_status, 6) << run.err;
  ASSERT_EQ(different(run).size(), 1U);
  EXPECT_NE(different(run)[0].find("its query calls functions of other roles, or reads"), std::string::npos)
      << different(run)[0];
  source_.psql("drop owned by " + role + "; drop role " + role);
  target_.psql("drop owned by " + role + "; drop role " + role);
}

TEST_F(Computed, WhatIsRefreshedAfterAnOpeningIsNoted) {
  source_.psql(std::string(kDocs) + "create materialized view m as select id from docs");
  const Haul run = copy({"--open-after", "keys"});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(compared(run, "generated_columns"), 2);
  EXPECT_EQ(compared(run, "materialized_views"), 0);
  EXPECT_EQ(listed(run, "notes"),
            std::vector<std::string>{"materialized view public.m: was not compared: it is "
                                     "refreshed after the application has been let in"});
}

TEST_F(Computed, IndexesThatLackARowAreFoundByAmcheck) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: amcheck";
  both(R"(
create table rates (code text, factor numeric not null);
create function rate(text) returns numeric language sql immutable as 'select factor from public.rates where code = $1';
create table orders (id int primary key, code text, amount numeric);
insert into orders select i, 'c' || (i % 100), 2 from generate_series(1, 1000) i;
create index by_value on orders ((amount * rate(code)));
create index only_dear on orders (id) where rate(code) > 10;
create index hashed on orders using hash (code);
insert into rates select 'c' || i, i from generate_series(0, 99) i;
)");
  EXPECT_EQ(verify().exit_status, 0);
  const Haul run = verify({"--indexes"});
  EXPECT_EQ(run.exit_status, 6) << run.err;
  std::vector<std::string> named;
  for (const auto& one : run.report["verification"]["mismatches"]) named.push_back(one.value("object", ""));
  std::ranges::sort(named);
  EXPECT_EQ(named, (std::vector<std::string>{"index public.by_value of public.orders",
                                             "index public.only_dear of public.orders"}));
  EXPECT_EQ(compared(run, "indexes"), 3);
  EXPECT_EQ(
      listed(run, "notes"),
      std::vector<std::string>{"index public.hashed of public.orders: was not checked: amcheck knows btree "
                               "indexes, and this is hash"});
  EXPECT_EQ(target_.psql("select count(*) from pg_extension where extname = 'amcheck'"), "0");
  EXPECT_EQ(target_.psql("select count(*) from pg_namespace where nspname = 'pghaul_amcheck'"), "0");

  target_.psql("reindex table orders; create schema checks; create extension amcheck schema checks");
  EXPECT_EQ(verify({"--indexes", "-t", "orders"}).exit_status, 0);
}

TEST(ComputedByLocale, IsForetoldAndFound) {
  const support::Database source(support::shared_source(),
                                 "template template0 encoding 'UTF8' locale_provider icu icu_locale 'en-US' "
                                 "lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'");
  const support::Database target(support::shared_target(),
                                 "template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'");
  source.psql(
      "create table names (n text, plain int, u text generated always as (upper(n)) stored, check (n ~* "
      "'.')); create unique index by_lower on names (lower(n)); insert into names values ('éva'), ('ZOE')");
  const Haul run = haul({"copy", source.uri(), target.uri()});
  EXPECT_EQ(run.exit_status, 6) << run.err;
  EXPECT_EQ(different(run),
            std::vector<std::string>{"column u of public.names: its generated values differ in 1 of 2 rows, "
                                     "whose other columns are the same"});
  ASSERT_EQ(run.report["findings"].size(), 1U) << run.report["findings"].dump(1);
  EXPECT_EQ(run.report["findings"][0].value("code", ""), "locale_differs");
  const std::string message = run.report["findings"][0].value("message", "");
  EXPECT_EQ(message,
            "the source's locale is en-US by ICU, the target's C: text may be sorted, folded and matched "
            "differently there, on which depend check names_n_check of public.names, generated column u of "
            "public.names, unique index by_lower of public.names; indexes are built anew and are right");
}

}  // namespace
}  // namespace pghaul::fidelity
