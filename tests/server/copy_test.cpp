#include <gtest/gtest.h>

#include <string>

#include "postgres/connection.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"

namespace pghaul {
namespace {

using support::haul;
using support::Haul;

class CopyEndToEnd : public testing::Test {
 protected:
  const support::Database source{support::shared_source()};
  const support::Database target{support::shared_target()};

  Haul copy(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"copy", source.uri(), target.uri()});
    return haul(std::move(more));
  }
  /// Expects the same result of a statement on both sides.
  void expect_equal(const std::string& sql) const { EXPECT_EQ(target.psql(sql), source.psql(sql)) << sql; }
};

/// Findings or left-out objects of the report, one in a line.
std::string listed(const nlohmann::json& report, const char* list, const char* field) {
  std::string all;
  for (const nlohmann::json& one : report.value(list, nlohmann::json::array())) {
    all += one.value(field, "") + "\n";
  }
  return all;
}

TEST_F(CopyEndToEnd, CarriesRowsKeysIndexesAndSequences) {
  source.psql(
      "create table customers (id bigint generated always as identity primary key, name text not null);"
      "create table orders (id serial primary key, customer bigint references customers, amount "
      "numeric(10,2));"
      "create index on orders (customer, amount desc);"
      "insert into customers (name) select 'customer ' || i from generate_series(1, 1000) i;"
      "insert into orders (customer, amount) select i % 1000 + 1, i / 7.0 from generate_series(1, 20000) i;");
  const Haul run = copy();
  ASSERT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(run.report["status"], "verified");
  EXPECT_EQ(run.report["verification"]["tables"], 2);
  EXPECT_EQ(run.report["verification"]["rows"], 21000);
  expect_equal("select count(*), sum(amount), sum(hashtext(o::text)) from orders o");
  expect_equal("select indexdef from pg_indexes where schemaname = 'public' order by 1");
  expect_equal("select conname, pg_get_constraintdef(oid), convalidated from pg_constraint order by 1");
  expect_equal("select nextval('orders_id_seq'), nextval('customers_id_seq')");
}

TEST_F(CopyEndToEnd, SplitsALargeTableAndLosesNoRow) {
  source.psql(
      "create table big (id int, filler text);"
      "alter table big alter column filler set storage external;"  // a lane of TOAST keeps few cores busy
      "insert into big select i, repeat(md5(i::text), 100) from generate_series(1, 60000) i;"
      "delete from big where id % 5 = 0;"
      "analyze big;");
  const Haul run = copy({"--jobs", "4"});
  ASSERT_EQ(run.exit_status, 0) << run.err;
  EXPECT_GT(run.report["tables"][0]["chunks"], 1);
  EXPECT_EQ(run.report["tables"][0]["rows"], 48000);
  expect_equal("select count(*), sum(id), sum(hashtext(filler)) from big");
}

TEST_F(CopyEndToEnd, CompressesLargeValuesAsAsked) {
  source.psql(
      "create table documents (id int, body text);"
      "insert into documents select i, repeat(md5(i::text), 300) from generate_series(1, 20) i;");
  const Haul run = copy({"--toast-compression", "lz4"});
  ASSERT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(source.psql("select distinct pg_column_compression(body) from documents"), "pglz");
  EXPECT_EQ(target.psql("select distinct pg_column_compression(body) from documents"), "lz4");
  expect_equal("select count(*), sum(hashtext(body)) from documents");
}

/// The index takes what pglz makes of its values, but not what lz4 does.
TEST_F(CopyEndToEnd, SaysThatTheCompressionMakesAKeyTooLarge) {
  source.psql(R"(
set default_toast_compression = pglz;
create table k (id int, v text);
create unique index k_v on k (v);
do $$ declare s text := ''; begin
  perform setseed(0.5);
  for n in 1 .. 100000 loop
    s := s || substr('abcdefghijklmnopqrs', 1 + (random() * 15)::int, 3);
    if n % 20 = 0 then begin insert into k values (n, s); exception when program_limit_exceeded then exit; end; end if;
  end loop; end $$;)");
  const Haul run = copy({"--toast-compression", "lz4"});
  EXPECT_EQ(run.exit_status, 5) << run.err;
  EXPECT_NE(run.err.find("with --toast-compression pglz"), std::string::npos) << run.err;
  const Haul with_another = copy({"--resume", "--toast-compression", "pglz"});
  EXPECT_EQ(with_another.exit_status, 3) << with_another.err;
  EXPECT_NE(with_another.err.find("--toast-compression was 'lz4' then and is 'pglz' now"), std::string::npos)
      << with_another.err;
  EXPECT_NE(with_another.err.find("start anew"), std::string::npos) << with_another.err;
  const Haul anew = copy({"--confirm", target.name(), "--toast-compression", "pglz"});
  EXPECT_EQ(anew.exit_status, 0) << anew.err;
}

/// A server warns of a collation's version that it does not know as soon as a session begins.
TEST_F(CopyEndToEnd, ShowsNoNoticesOfServers) {
  for (const support::Database* one : {&source, &target}) {
    one->psql("update pg_database set datcollversion = '0' where datname = current_database()");
  }
  source.psql("create table t (a int)");
  const Haul run = copy();
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(run.err.find("WARNING"), std::string::npos) << run.err;
}

TEST_F(CopyEndToEnd, CarriesLargeObjectsWithTheirComments) {
  source.psql(
      "select lo_from_bytea(4242, ''), lo_from_bytea(4243, convert_to(repeat('x', 3000000), 'UTF8'));"
      "comment on large object 4243 is 'three million';"
      "grant select on large object 4242 to public;");
  const Haul run = copy();
  ASSERT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(run.report["large_objects"]["verified"], true);
  expect_equal(
      "select oid, lomacl, length(lo_get(oid)), md5(lo_get(oid)),"
      " obj_description(oid, 'pg_largeobject') from pg_largeobject_metadata order by oid");
}

TEST_F(CopyEndToEnd, RefreshesMaterializedViewsThatReadEachOther) {
  source.psql(
      "create table numbers as select generate_series(1, 100) n;"
      "create materialized view b_first as select n * 2 as n from numbers;"
      "create materialized view a_second as select sum(n) from b_first;"
      "create materialized view never as select 1 as one with no data;");
  const Haul run = copy();
  ASSERT_EQ(run.exit_status, 0) << run.err;
  expect_equal("select * from a_second");
  expect_equal("select relname, relispopulated from pg_class where relkind = 'm' order by 1");
}

TEST_F(CopyEndToEnd, CarriesARowWiderThanAnyBuffer) {
  source.psql(
      "create table wide (id int, document text);"
      "insert into wide select 1, string_agg(md5(i::text), '') from generate_series(1, 400000) i;"
      "insert into wide values (2, 'narrow');");
  const Haul run = copy();
  ASSERT_EQ(run.exit_status, 0) << run.err;
  expect_equal("select id, length(document), md5(document) from wide order by id");
}

TEST_F(CopyEndToEnd, RefusesATargetThatHoldsSomething) {
  source.psql("create table t (a int)");
  target.psql("create table precious (a int); insert into precious values (1)");
  const Haul run = copy();
  EXPECT_EQ(run.exit_status, 3) << run.err;
  EXPECT_NE(run.err.find("precious"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("--confirm"), std::string::npos) << run.err;
  EXPECT_EQ(target.psql("select a from precious"), "1");
}

TEST_F(CopyEndToEnd, ReplacesWhatTheTargetHoldsOnceItsNameIsConfirmed) {
  source.psql("create schema shop; create table shop.t (a int); insert into shop.t values (7)");
  target.psql(
      "create schema shop; create table shop.old (a int); create type mood as enum ('ok');"
      "create function f() returns int language sql as 'select 1'; select lo_create(99);");
  EXPECT_EQ(copy({"--confirm", "wrong"}).exit_status, 3);
  const Haul run = copy({"--confirm", target.name()});
  ASSERT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(target.psql("select a from shop.t"), "7");
  EXPECT_EQ(target.psql("select to_regclass('shop.old') is null, to_regtype('mood') is null"), "t|t");
  EXPECT_EQ(target.psql("select count(*) from pg_largeobject_metadata"), "0");
}

TEST_F(CopyEndToEnd, RefusesToCopyADatabaseOntoItself) {
  source.psql("create table t (a int)");
  const Haul run = haul({"copy", source.uri(), source.tcp_uri(), "--confirm", source.name()});
  EXPECT_EQ(run.exit_status, 3) << run.err;
  EXPECT_NE(listed(run.report, "findings", "code").find("same_database"), std::string::npos) << run.report;
  EXPECT_EQ(source.psql("select count(*) from pg_class where relname = 't'"), "1");
}

TEST_F(CopyEndToEnd, NamesAllMissingRolesAtOnce) {
  source.psql(
      "drop role if exists copy_owner, copy_reader; create role copy_owner; create role copy_reader;"
      "create table t (a int); alter table t owner to copy_owner; grant select on t to copy_reader;");
  const Haul run = copy();
  EXPECT_EQ(run.exit_status, 3);
  const std::string objects = listed(run.report, "findings", "object");
  EXPECT_NE(objects.find("copy_owner"), std::string::npos) << run.report;
  EXPECT_NE(objects.find("copy_reader"), std::string::npos) << run.report;
  const Haul without = copy({"--no-owner", "--no-acl"});
  EXPECT_EQ(without.exit_status, 0) << without.err;
  source.psql("drop table t; drop role copy_owner, copy_reader");
}

TEST_F(CopyEndToEnd, NamesAllTablesThatTheRoleMayNotRead) {
  source.psql(
      "drop role if exists copy_nobody; create role copy_nobody login;"
      "create table first (a int); create table second (a int);");
  std::string uri = source.uri();
  uri.replace(uri.find("postgres@"), std::string("postgres").size(), "copy_nobody");
  const Haul run = haul({"copy", uri, target.uri()});
  EXPECT_EQ(run.exit_status, 3) << run.err;
  EXPECT_NE(run.err.find("first"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("second"), std::string::npos) << run.err;
  source.psql("drop role copy_nobody");
}

TEST_F(CopyEndToEnd, SaysWhichPatternMatchesNothing) {
  source.psql("create table t (a int)");
  const Haul run = copy({"--table", "nowhere.nothing"});
  EXPECT_EQ(run.exit_status, 2) << run.err;
  EXPECT_NE(run.err.find("nowhere.nothing"), std::string::npos) << run.err;
}

TEST_F(CopyEndToEnd, CopiesOnlyTheTablesAskedFor) {
  source.psql("create table wanted (a int); create table other (a int); insert into wanted values (1)");
  const Haul run = copy({"--table", "wanted"});
  ASSERT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(target.psql("select relname from pg_class where relnamespace = 'public'::regnamespace"),
            "wanted");
}

TEST_F(CopyEndToEnd, StopsWithTheServersWordsWhenTheTargetRefusesARow) {
  // The function refuses on the target only: there, nobody has filled the table it looks at.
  source.psql(
      "create table allowed (a int); insert into allowed values (1);"
      "create function is_allowed(int) returns boolean language sql as"
      " 'select exists (select from public.allowed where a = $1) or pg_catalog.current_database() = "
      "''none''';"
      "create table checked (a int check (is_allowed(a)));"
      "insert into checked values (1);"
      "delete from allowed;");
  const Haul run = copy();
  EXPECT_EQ(run.exit_status, 5) << run.err;
  EXPECT_EQ(run.report["status"], "incomplete");
  EXPECT_NE(run.err.find("public.checked"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("line 1"), std::string::npos) << run.err;
}

TEST_F(CopyEndToEnd, SaysWhatIsWrongWithAConnection) {
  struct Mistake {
    std::string uri;
    std::string clue;
  };
  const std::string elsewhere = "postgresql://postgres@nowhere.invalid/postgres";
  const std::string missing = source.uri() + "_missing";
  for (const Mistake& mistake : {Mistake{elsewhere, "nowhere.invalid"}, Mistake{missing, "does not exist"}}) {
    const Haul run = haul({"copy", mistake.uri, target.uri()});
    EXPECT_EQ(run.exit_status, 4) << run.err;
    EXPECT_NE(run.err.find(mistake.clue), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("hint"), std::string::npos) << run.err;
  }
}

TEST_F(CopyEndToEnd, NeverTellsAPassword) {
  source.psql("create table t (a int)");
  const auto with_password = [](std::string uri) {
    return uri.replace(uri.find("postgres@"), std::string("postgres@").size(), "postgres:geheim%21@");
  };
  const Haul run = haul({"copy", with_password(source.uri()), with_password(target.uri()), "--verbose"});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ((run.err + run.report.dump()).find("geheim"), std::string::npos) << run.err;
}

TEST_F(CopyEndToEnd, TakesSourceAndTargetFromTheEnvironment) {
  source.psql("create table t (a int)");
  const Haul run = haul({"copy"}, {{"PGHAUL_SOURCE", source.uri()}, {"PGHAUL_TARGET", target.uri()}});
  EXPECT_EQ(run.exit_status, 0) << run.err;
}

TEST_F(CopyEndToEnd, LeavesNoSessionBehind) {
  source.psql("create table t as select generate_series(1, 1000) a");
  ASSERT_EQ(copy().exit_status, 0);
  const std::string sessions =
      "select count(*) from pg_stat_activity where application_name like 'pghaul%'"
      " and datname = current_database()";
  EXPECT_EQ(source.psql(sessions), "0");
  EXPECT_EQ(target.psql(sessions), "0");
}

TEST_F(CopyEndToEnd, ClaimsNoMoreThanWasChecked) {
  source.psql("create table t as select generate_series(1, 1000) a");
  const Haul counted = copy({"--verify", "counts"});
  EXPECT_EQ(counted.exit_status, 0) << counted.err;
  EXPECT_EQ(counted.report["status"], "counted");
  EXPECT_EQ(counted.report["tables"][0]["verified"], false);
  const Haul unchecked = copy({"--verify", "none", "--confirm", target.name()});
  EXPECT_EQ(unchecked.exit_status, 0) << unchecked.err;
  EXPECT_EQ(unchecked.report["status"], "copied");
  EXPECT_FALSE(unchecked.report.contains("verification"));
}

TEST_F(CopyEndToEnd, ReadsASnapshotThatSomebodyElseKeeps) {
  source.psql("create table t as select generate_series(1, 10) a");
  auto keeper =
      postgres::Connection::open(*postgres::ConnectionString::parse(source.uri()), postgres::Side::source);
  ASSERT_TRUE(keeper && keeper->execute("begin isolation level repeatable read"));
  const auto id = keeper->query("select pg_export_snapshot()");
  ASSERT_TRUE(id);
  source.psql("insert into t select generate_series(11, 20)");
  const Haul run = copy({"--snapshot", id->string(0, 0)});
  ASSERT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(target.psql("select count(*) from t"), "10");
  EXPECT_EQ(listed(run.report, "findings", "code"), "source_written\n");
  EXPECT_NE(run.err.find(" written on the source's server"), std::string::npos) << run.err;
}

TEST_F(CopyEndToEnd, TellsOfWritersWhoHaveNotCommitted) {
  source.psql("create table t as select generate_series(1, 10) a");
  auto writer =
      postgres::Connection::open(*postgres::ConnectionString::parse(source.uri()), postgres::Side::source);
  ASSERT_TRUE(writer && writer->execute("begin; insert into public.t values (11)"));
  for (const char* verb : {"plan", "copy", "verify"}) {
    const Haul run = haul({verb, source.uri(), target.uri()});
    EXPECT_EQ(run.exit_status, 0) << run.err;
    EXPECT_EQ(listed(run.report, "findings", "code"), "open_writers\n") << verb;
  }
  ASSERT_TRUE(writer->execute("rollback"));
  EXPECT_EQ(listed(haul({"verify", source.uri(), target.uri()}).report, "findings", "code"), "");
}

TEST_F(CopyEndToEnd, PlansWithoutTouchingAnything) {
  source.psql("create table t as select generate_series(1, 1000) a");
  const Haul run = haul({"plan", source.uri(), target.uri()});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(run.report["status"], "planned");
  EXPECT_EQ(run.report["tables"][0]["name"], "t");
  EXPECT_EQ(target.psql("select count(*) from pg_class where relname = 't'"), "0");
}

}  // namespace
}  // namespace pghaul
