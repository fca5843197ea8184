#include <gtest/gtest.h>

#include <string>

#include "fidelity/hostile_database.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"

namespace pghaul::fidelity {
namespace {

constexpr const char* kBase = R"(
create function s_e() returns event_trigger language plpgsql as 'begin end';
create extension citext;
create schema s;
create table s.t (id int primary key, v text, n numeric default 1 check (n > 0) not valid, f float8);
insert into s.t values (1, '', 1.5, 0), (2, null, 2, 'NaN'), (3, 'x', 3, 1), (3 + 1, 'x', 3, 1);
comment on table s.t is 'a comment';
create index t_v on s.t (v);
create table s.refers (t int);
insert into s.refers values (1), (1);
alter table s.refers add constraint to_t foreign key (t) references s.t not valid;
create sequence s.q;
create view s.w as select id from s.t;
create materialized view s.m as select id from s.t;
create table s.p (a int) partition by list (a);
create table s.p1 partition of s.p for values in (1);
create function s.f() returns trigger language plpgsql as 'begin return new; end';
create trigger g before insert on s.t for each row execute function s.f();
create rule r as on delete to s.refers do instead nothing;
create policy y on s.t using (id > 0);
create publication u for table s.t;
create event trigger e on ddl_command_end execute function s_e();
select lo_from_bytea(77, 'content');
)";

struct Change {
  const char* name;
  const char* sql;       // done to one of two equal databases
  const char* expected;  // in what is said then
};

class CompareDatabases : public testing::TestWithParam<Change> {};

TEST(CompareEqualDatabases, FindsNoDifferenceWhereThereIsNone) {
  prepare(support::shared_source());
  prepare(support::shared_target());
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  for (const support::Database* each : {&source, &target}) each->psql(kBase);
  EXPECT_EQ(differences(source, target), "");
}

TEST_P(CompareDatabases, Names) {
  prepare(support::shared_source());
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_source());
  for (const support::Database* each : {&source, &target}) each->psql(kBase);
  target.psql("select current_database() as database \\gset\n" + std::string(GetParam().sql));
  EXPECT_NE(differences(source, target).find(GetParam().expected), std::string::npos)
      << differences(source, target);
}

INSTANTIATE_TEST_SUITE_P(
    TheChange, CompareDatabases,
    testing::Values(
        Change{"OneValue", R"(update s.t set v = 'y' where id = 3)",
               "rows: s.t:\n  1 rows only in the source\n    3\tx"},
        Change{"OneNull", R"(update s.t set v = null where id = 1)", "rows: s.t"},
        Change{"OneEmptyText", R"(update s.t set v = '' where id = 2)", "rows: s.t"},
        Change{"OneMinusZero", R"(update s.t set f = '-0' where id = 1)", "rows: s.t"},
        Change{"TrailingZeros", R"(update s.t set n = 1.50 where id = 1)", "rows: s.t"},
        Change{"OneRowMissing", R"(delete from s.t where id = 4)", "rows: s.t"},
        Change{"OneRowTwice", R"(insert into s.refers values (1))",
               "rows: s.refers:\n  0 rows only in the source\n  1 rows only in the target"},
        Change{"RowsOfAPartition", R"(insert into s.p values (1))", "rows: s.p1"},
        Change{"PlaceOfASequence", R"(select setval('s.q', 5, false))", "sequence s.q: last_value 1 is 5"},
        Change{"SequenceCalled", R"(select nextval('s.q'))", "sequence s.q: is_called False is True"},
        Change{"KindOfASequence", R"(alter sequence s.q increment 3)", "schema: SEQUENCE q in schema s"},
        Change{"OneTable", R"(create table s.more ())", "schema: TABLE more in schema s: only in the target"},
        Change{"OneColumn", R"(alter table s.t add more int)", "rows: s.t: its columns are others"},
        Change{"TypeOfAColumn", R"(alter table s.refers alter t type bigint)",
               "schema: TABLE refers in schema s"},
        Change{"DefaultOfAColumn", R"(alter table s.t alter n set default 2)", "schema: TABLE t in schema s"},
        Change{"StatisticsTarget", R"(alter table s.t alter n set statistics 7)",
               "schema: TABLE t in schema s"},
        Change{"StorageOfAColumn", R"(alter table s.t alter v set storage external)",
               "schema: TABLE t in schema s"},
        Change{"OneIndex", R"(drop index s.t_v)", "schema: INDEX t_v in schema s: only in the source"},
        Change{"DefinitionOfAnIndex", R"(drop index s.t_v; create index t_v on s.t (v desc))",
               "schema: INDEX t_v in schema s"},
        Change{"InvalidIndex",
               R"(update pg_index set indisvalid = false where indexrelid = 's.t_v'::regclass)",
               "schema: INDEX t_v in schema s: only in the source"},
        Change{"ClusterOn", R"(alter table s.t cluster on t_v)", "schema: INDEX t_v in schema s"},
        Change{"ReplicaIdentity", R"(alter table s.t replica identity full)", "schema: TABLE t in schema s"},
        Change{"Tablespace", R"(alter table s.refers set tablespace fidelity_space)",
               "schema: TABLE refers in schema s"},
        Change{"OneConstraint", R"(alter table s.t drop constraint t_pkey cascade)",
               "schema: CONSTRAINT t t_pkey in schema s: only in the source"},
        Change{"ValidityOfACheck", R"(alter table s.t validate constraint t_n_check)",
               "schema: CHECK CONSTRAINT t t_n_check in schema s"},
        Change{"ValidityOfAForeignKey", R"(alter table s.refers validate constraint to_t)",
               "schema: FK CONSTRAINT refers to_t in schema s"},
        Change{"PartitionDetached", R"(alter table s.p detach partition s.p1)",
               "schema: TABLE ATTACH p1 in schema s: only in the source"},
        Change{"TextOfAView", R"(create or replace view s.w as select id from s.t where id > 1)",
               "schema: VIEW w in schema s"},
        Change{"ViewNotPopulated", R"(refresh materialized view s.m with no data)",
               "rows: s.m: only in the source, or only there populated"},
        Change{
            "BodyOfAFunction",
            R"(create or replace function s.f() returns trigger language plpgsql as 'begin return old; end')",
            "schema: FUNCTION f() in schema s"},
        Change{"StateOfATrigger", R"(alter table s.t enable always trigger g)",
               "schema: TRIGGER t g in schema s"},
        Change{"StateOfARule", R"(alter table s.refers disable rule r)", "schema: RULE refers r in schema s"},
        Change{"StateOfAnEventTrigger", R"(alter event trigger e disable)", "schema: EVENT TRIGGER e"},
        Change{"Publication", R"(alter publication u set table s.t, s.refers)",
               "schema: PUBLICATION TABLE u refers"},
        Change{"RowSecurity", R"(alter table s.t enable row level security)",
               "schema: ROW SECURITY t in schema s: only in the target"},
        Change{"ForcedRowSecurity", R"(alter table s.t force row level security)",
               "schema: TABLE t in schema s"},
        Change{"Policy", R"(alter policy y on s.t to fidelity_reader)", "schema: POLICY t y in schema s"},
        Change{"Comment", R"(comment on table s.t is 'another')", "schema: COMMENT TABLE t in schema s"},
        Change{"Owner", R"(alter table s.t owner to fidelity_owner)", "schema: TABLE t in schema s"},
        Change{"Grant", R"(grant select on s.t to fidelity_reader)",
               "schema: ACL TABLE t in schema s: only in the target"},
        Change{"GrantOnAColumn", R"(grant update (v) on s.t to fidelity_reader)",
               "schema: ACL COLUMN t.v in schema s: only in the target"},
        Change{"DefaultPrivileges",
               R"(alter default privileges in schema s grant select on tables to fidelity_reader)",
               "schema: DEFAULT ACL"},
        Change{"Extension", R"(drop extension citext)", "schema: EXTENSION citext: only in the source"},
        Change{"VersionOfAnExtension", R"(alter extension citext update to '1.5')",
               "extension citext: version 1.6 is 1.5"},
        Change{"OneLargeObject", R"(select lo_unlink(77))", "large object 77: only in the source"},
        Change{"ContentOfALargeObject", R"(select lo_put(77, 3, 'T'))", "large object 77: content"},
        Change{"OwnerOfALargeObject", R"(alter large object 77 owner to fidelity_owner)",
               "large object 77: owner postgres is fidelity_owner"},
        Change{"GrantOnALargeObject", R"(grant select on large object 77 to fidelity_reader)",
               "large object 77: grants"},
        Change{"CommentOfALargeObject", R"(comment on large object 77 is 'x')",
               "large object 77: comment None is x"},
        Change{"SettingOfTheDatabase", R"(alter database :"database" set work_mem = '5MB')",
               "setting of the database work_mem=5MB: only in the target"},
        Change{"SettingOfARoleInTheDatabase",
               R"(alter role fidelity_reader in database :"database" set work_mem = '5MB')",
               "setting of the database fidelity_reader.work_mem=5MB: only in the target"}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace pghaul::fidelity
