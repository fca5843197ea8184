#include <gtest/gtest.h>

#include <random>
#include <string>

#include "server/two_databases.h"
#include "support/pghaul.h"
#include "support/seed.h"

namespace pghaul {
namespace {

using nlohmann::json;

class Sync : public TwoDatabases {
 protected:
  support::Haul sync(const std::string& option = "--resume") const {
    return support::haul({"sync", option, "--confirm", target.name(), source.uri(), target.uri()});
  }
  /// Compares what a query gives on both, by psql alone.
  void expect_same(const std::string& query) const {
    EXPECT_EQ(source.psql(query), target.psql(query)) << query;
  }
};

TEST_F(Sync, WritesOnlyWhatDiffers) {
  fill_both(
      "create table t (id int primary key, v text); insert into t select i, 'x' from generate_series(1, "
      "1000) i;"
      "create table same (id int primary key); insert into same values (1);"
      "create sequence s; select setval('s', 5)");
  source.psql(
      "update t set v = 'y' where id <= 3; delete from t where id in (10, 11); insert into t values (2000, "
      "null);"
      "select setval('s', 77)");
  const std::string untouched = target.psql("select sum(xmin::text::bigint) from t where id > 20");
  const support::Haul run = sync();
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(run.report["status"], "verified");
  ASSERT_EQ(run.report["sync"]["tables"].size(), 1U) << run.report["sync"];
  const json& table = run.report["sync"]["tables"][0];
  EXPECT_EQ(table["object"], "public.t");
  EXPECT_EQ(table["inserted"], 1);
  EXPECT_EQ(table["updated"], 3);
  EXPECT_EQ(table["deleted"], 2);
  EXPECT_EQ(run.report["sync"]["sequences"], 1);
  expect_same("select * from t order by id");
  expect_same("select last_value, is_called from s");
  EXPECT_EQ(target.psql("select sum(xmin::text::bigint) from t where id between 21 and 1000"), untouched);
  const support::Haul again = sync();
  EXPECT_EQ(again.exit_status, 0) << again.err;
  EXPECT_TRUE(again.report["sync"]["tables"].empty());
}

TEST_F(Sync, CarriesAllKindsOfTables) {
  fill_both(R"(
    create table parent (id int primary key, code text unique);
    create table child (id int generated always as identity primary key,
                        parent int references parent on delete cascade, twice int generated always as (parent * 2) stored);
    create table keyless (a int, b text);
    create table "Odd ""name" ("K y" uuid primary key, "v,1" numeric[]);
    create table p (id int, v text, primary key (id)) partition by range (id);
    create table p1 partition of p for values from (0) to (100);
    create table p2 partition of p for values from (100) to (200);
    create table audited (id int primary key);
    create table log (note text);
    create function note() returns trigger language plpgsql as
      'begin insert into public.log values (tg_op); return coalesce(new, old); end';
    create trigger noted before insert or update or delete on audited for each row execute function note();
    create table deferred (id int primary key, place int unique deferrable initially deferred);
    create table emptied (id int primary key);
    create table filled (id int primary key, kind regtype);
    insert into parent select i, 'code ' || i from generate_series(1, 20) i;
    insert into child (parent) select i from generate_series(1, 20) i;
    insert into keyless select i, 'x' from generate_series(1, 20) i;
    insert into "Odd ""name" values ('00000000-0000-0000-0000-000000000001', '{1}');
    insert into p select i, 'x' from generate_series(0, 199) i;
    insert into audited select generate_series(1, 5);
    insert into deferred select i, i from generate_series(1, 5) i;
    insert into emptied values (1), (2);
    create materialized view totals as select count(*) as children, sum(twice) as twice from child;
    create materialized view above as select children + 1 as more from totals)");
  source.psql(R"(
    update parent set code = 'spare' where id = 1; update parent set code = 'code 1' where id = 2;
    update parent set code = 'code 2' where id = 1;
    delete from parent where id = 20; insert into parent values (21, 'new');
    insert into child (parent) values (21), (21), (null);
    insert into keyless values (1, 'x'), (1, 'x'), (null, null); delete from keyless where a = 7;
    update "Odd ""name" set "v,1" = '{1.50,null}';
    update p set id = 500 - 300 - 50 where id = 5 and false; delete from p where id = 150; update p set id = 150 where id = 5;
    update audited set id = id + 100; delete from deferred where id = 3; update deferred set place = 6 - place;
    truncate emptied; insert into filled values (1, 'text'), (2, 'int');
    refresh materialized view totals; refresh materialized view above)");
  const support::Haul run = sync();
  EXPECT_EQ(run.exit_status, 0) << run.err << run.report["verification"];
  for (const char* query :
       {"select * from parent order by id", "select * from child order by id",
        "select * from keyless order by a, b", "select * from \"Odd \"\"name\"",
        "select tableoid::regclass, * from p order by id", "select * from audited order by id",
        "select * from log", "select * from deferred order by id", "select * from emptied",
        "select * from filled order by id", "select * from totals", "select * from above"}) {
    expect_same(query);
  }
  EXPECT_EQ(support::haul({"verify", source.uri(), target.uri()}).exit_status, 0);
}

TEST_F(Sync, MakesAnyTwoStatesEqual) {
  std::mt19937_64 random(support::seed_of_this_run());
  fill_both(
      "create table t (a int, b text, v text, u int unique, primary key (a, b)); create table bag (v int, w "
      "text);"
      "insert into t select i, i % 3, 'x', i from generate_series(1, 60) i; insert into bag select i % 9, "
      "'y' from generate_series(1, 60) i");
  for (int round = 0; round < 4; ++round) {
    std::string changes;
    for (int i = 0; i < 12; ++i) {
      const auto number = [&] { return std::to_string(random() % 70); };
      switch (random() % 6) {
        case 0:
          changes += "delete from t where a = " + number() + ";";
          break;
        case 1:
          changes +=
              "update t set v = " + number() + " where a between " + number() + " and " + number() + ";";
          break;
        case 2:
          changes += "insert into t values (" + number() + ", 'new', null, null) on conflict do nothing;";
          break;
        case 3:
          changes += "update t set u = 1000 - u where a > " + number() + " and u < 500;";
          break;
        case 4:
          changes += "insert into bag select " + number() + ", null from generate_series(1, 3);";
          break;
        default:
          changes += "delete from bag where v = " + number() + ";";
      }
    }
    (round % 2 == 0 ? source : target).psql(changes);
    const support::Haul run = sync();
    ASSERT_EQ(run.exit_status, 0) << run.err << changes;
    expect_same("select * from t order by a, b");
    expect_same("select v, w, count(*) from bag group by v, w order by v, w");
  }
}

TEST_F(Sync, SaysWhatItWouldWriteAndWritesNothing) {
  fill_both(
      "create table t (id int primary key, v text); insert into t select i, 'x' from generate_series(1, 10) "
      "i");
  source.psql("delete from t where id = 4");
  const support::Haul run = support::haul({"sync", "--plan", source.uri(), target.uri()});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(run.report["status"], "planned");
  EXPECT_EQ(run.report["sync"]["tables"][0]["deleted"], 1);
  EXPECT_EQ(target.psql("select count(*) from t"), "10");
}

TEST_F(Sync, IsRefusedWhereDefinitionsDifferOrTheNameIsNotConfirmed) {
  fill_both("create table t (id int primary key); create table u (id int)");
  EXPECT_EQ(support::haul({"sync", source.uri(), target.uri()}).exit_status, 3);
  source.psql("insert into t values (1); alter table t add column v int; create index on u (id)");
  const support::Haul run = sync();
  EXPECT_EQ(run.exit_status, 3) << run.err;
  EXPECT_GE(run.report["findings"].size(), 2U) << run.report["findings"];
  EXPECT_EQ(target.psql("select count(*) from t"), "0");
}

TEST_F(Sync, IsRefusedWhereATriggerFiresInEachSession) {
  fill_both(
      "create table t (id int primary key); create function f() returns trigger language plpgsql as 'begin "
      "return null; end';"
      "create trigger g before insert on t for each row execute function f(); alter table t enable always "
      "trigger g");
  source.psql(
      "alter table t disable trigger g; insert into t values (1); alter table t enable always trigger g");
  const support::Haul run = sync();
  EXPECT_EQ(run.exit_status, 3) << run.err;
  EXPECT_EQ(run.report["findings"][0]["code"], "trigger_always_fires");
}

}  // namespace
}  // namespace pghaul
