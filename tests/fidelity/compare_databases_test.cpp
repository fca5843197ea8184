#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "fidelity/hostile_database.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"

namespace pghaul::fidelity {
namespace {

struct Change {
  std::string what;
  std::string before;              // is run in both of two databases
  std::string change;              // is run in the second
  std::vector<std::string> named;  // what is said of it then: starts of lines
};

const std::vector<Change> kChanges = {
    {"one value",
     "create table s.one_value (id int primary key, v text, n numeric default 1, f float8); insert into "
     "s.one_value values (1, '', 1.5, 0), (2, null, 2, 'NaN'), (3, 'x', 3, 1), (4, 'x', 3, 1)",
     "update s.one_value set v = 'y' where id = 3",
     {"rows: s.one_value:\n  1 rows only in the source\n    3\tx\t3\t"}},
    {"a text in place of a NULL",
     "create table s.no_null (id int primary key, v text, n numeric default 1, f float8); insert into "
     "s.no_null values (1, '', 1.5, 0), (2, null, 2, 'NaN'), (3, 'x', 3, 1), (4, 'x', 3, 1)",
     "update s.no_null set v = '' where id = 2",
     {"rows: s.no_null:"}},
    {"a NULL in place of a text",
     "create table s.one_null (id int primary key, v text, n numeric default 1, f float8); insert into "
     "s.one_null values (1, '', 1.5, 0), (2, null, 2, 'NaN'), (3, 'x', 3, 1), (4, 'x', 3, 1)",
     "update s.one_null set v = null where id = 1",
     {"rows: s.one_null:"}},
    {"the sign of zero",
     "create table s.minus_zero (id int primary key, v text, n numeric default 1, f float8); insert into "
     "s.minus_zero values (1, '', 1.5, 0), (2, null, 2, 'NaN'), (3, 'x', 3, 1), (4, 'x', 3, 1)",
     "update s.minus_zero set f = '-0' where id = 1",
     {"rows: s.minus_zero:"}},
    {"zeros at a number's end",
     "create table s.zeros (id int primary key, v text, n numeric default 1, f float8); insert into s.zeros "
     "values (1, '', 1.5, 0), (2, null, 2, 'NaN'), (3, 'x', 3, 1), (4, 'x', 3, 1)",
     "update s.zeros set n = 1.50 where id = 1",
     {"rows: s.zeros:"}},
    {"a missing row",
     "create table s.row_missing (id int primary key, v text, n numeric default 1, f float8); insert into "
     "s.row_missing values (1, '', 1.5, 0), (2, null, 2, 'NaN'), (3, 'x', 3, 1), (4, 'x', 3, 1)",
     "delete from s.row_missing where id = 4",
     {"rows: s.row_missing:"}},
    {"a row too many",
     "create table s.twice (a int, b text); insert into s.twice values (1), (1)",
     "insert into s.twice values (1)",
     {"rows: s.twice:\n  0 rows only in the source\n  1 rows only in the target"}},
    {"a row in a partition",
     "create table s.p (a int) partition by list (a); create table s.p1 partition of s.p for values in (1)",
     "insert into s.p values (1)",
     {"rows: s.p1:"}},
    {"a row in a table without columns",
     "create table s.bare ()",
     "insert into s.bare default values",
     {"rows: s.bare:"}},
    {"a sequence's place",
     "create sequence s.q",
     "select setval('s.q', 5, false)",
     {"sequence s.q: last_value 1 is 5"}},
    {"whether a sequence was called",
     "create sequence s.called",
     "select nextval('s.called')",
     {"sequence s.called: is_called False is True"}},
    {"a sequence's kind",
     "create sequence s.step",
     "alter sequence s.step increment 3",
     {"schema: SEQUENCE step in schema s:"}},
    {"a table",
     "",
     "create table s.more ()",
     {"schema: TABLE more in schema s: only in the target", "rows: s.more: only in the target"}},
    {"a column",
     "create table s.wider (a int, b text)",
     "alter table s.wider add more int",
     {"schema: TABLE wider in schema s:", "rows: s.wider: its columns are others"}},
    {"a column's type",
     "create table s.other_type (a int, b text)",
     "alter table s.other_type alter a type bigint",
     {"schema: TABLE other_type in schema s:"}},
    {"a column's default",
     "create table s.other_default (a int, b text)",
     "alter table s.other_default alter a set default 2",
     {"schema: TABLE other_default in schema s:"}},
    {"a statistics target",
     "create table s.other_target (a int, b text)",
     "alter table s.other_target alter a set statistics 7",
     {"schema: TABLE other_target in schema s:"}},
    {"a column's storage",
     "create table s.other_storage (a int, b text)",
     "alter table s.other_storage alter b set storage external",
     {"schema: TABLE other_storage in schema s:"}},
    {"a missing index",
     "create table s.i1 (a int, b text); create index i1_a on s.i1 (a)",
     "drop index s.i1_a",
     {"schema: INDEX i1_a in schema s: only in the source"}},
    {"an index's definition",
     "create table s.i2 (a int, b text); create index i2_a on s.i2 (a)",
     "drop index s.i2_a; create index i2_a on s.i2 (a desc)",
     {"schema: INDEX i2_a in schema s:"}},
    {"an invalid index",
     "create table s.i3 (a int, b text); create index i3_a on s.i3 (a)",
     "update pg_index set indisvalid = false where indexrelid = 's.i3_a'::regclass",
     {"schema: INDEX i3_a in schema s: only in the source"}},
    {"CLUSTER ON",
     "create table s.i4 (a int, b text); create index i4_a on s.i4 (a)",
     "alter table s.i4 cluster on i4_a",
     {"schema: INDEX i4_a in schema s:"}},
    {"a replica identity",
     "create table s.other_identity (a int, b text)",
     "alter table s.other_identity replica identity full",
     {"schema: TABLE other_identity in schema s:"}},
    {"a tablespace",
     "create table s.elsewhere (a int, b text)",
     "alter table s.elsewhere set tablespace fidelity_space",
     {"schema: TABLE elsewhere in schema s:"}},
    {"a missing key",
     "create table s.no_key (id int primary key, v text, n numeric default 1, f float8); insert into "
     "s.no_key values (1, '', 1.5, 0), (2, null, 2, 'NaN'), (3, 'x', 3, 1), (4, 'x', 3, 1)",
     "alter table s.no_key drop constraint no_key_pkey",
     {"schema: CONSTRAINT no_key no_key_pkey in schema s: only in the source"}},
    {"a check's validity",
     "create table s.c1 (a int, b text); alter table s.c1 add check (a > 0) not valid",
     "alter table s.c1 validate constraint c1_a_check",
     {"schema: CHECK CONSTRAINT c1 c1_a_check in schema s: only in the source",
      "schema: TABLE c1 in schema s:"}},
    {"a foreign key's validity",
     "create table s.c2 (id int primary key, v text, n numeric default 1, f float8); insert into s.c2 values "
     "(1, '', 1.5, 0), (2, null, 2, 'NaN'), (3, 'x', 3, 1), (4, 'x', 3, 1); alter table s.c2 add constraint "
     "self foreign key (id) references s.c2 not valid",
     "alter table s.c2 validate constraint self",
     {"schema: FK CONSTRAINT c2 self in schema s:"}},
    {"a detached partition",
     "create table s.p2 (a int) partition by list (a); create table s.p2_1 partition of s.p2 for values in "
     "(1)",
     "alter table s.p2 detach partition s.p2_1",
     {"schema: TABLE ATTACH p2_1 in schema s: only in the source"}},
    {"a view's text",
     "create view s.w as select 1 as x",
     "create or replace view s.w as select 2 as x",
     {"schema: VIEW w in schema s:"}},
    {"a view that is not populated",
     "create materialized view s.m as select 1 as x",
     "refresh materialized view s.m with no data",
     {"rows: s.m: only in the source, or only there populated"}},
    {"a function's body",
     "create function s.f() returns int language sql as 'select 1'",
     "create or replace function s.f() returns int language sql as 'select 2'",
     {"schema: FUNCTION f() in schema s:"}},
    {"a trigger's state",
     "create table s.t1 (a int, b text); create trigger g before insert on s.t1 for each row execute "
     "function suppress_redundant_updates_trigger()",
     "alter table s.t1 enable always trigger g",
     {"schema: TRIGGER t1 g in schema s:"}},
    {"a rule's state",
     "create table s.t2 (a int, b text); create rule r as on delete to s.t2 do instead nothing",
     "alter table s.t2 disable rule r",
     {"schema: RULE t2 r in schema s:"}},
    {"an event trigger's state",
     "create function s.e() returns event_trigger language plpgsql as 'begin end'; create event trigger e on "
     "sql_drop execute function s.e()",
     "alter event trigger e disable",
     {"schema: EVENT TRIGGER e:"}},
    {"what is published",
     "create table s.published (a int, b text); create publication u",
     "alter publication u add table s.published",
     {"schema: PUBLICATION TABLE u published in schema s: only in the target"}},
    {"row security",
     "create table s.secure (a int, b text)",
     "alter table s.secure enable row level security",
     {"schema: ROW SECURITY secure in schema s: only in the target"}},
    {"forced row security",
     "create table s.forced (a int, b text)",
     "alter table s.forced force row level security",
     {"schema: TABLE forced in schema s:"}},
    {"a policy",
     "create table s.t3 (a int, b text); create policy y on s.t3 using (a > 0)",
     "alter policy y on s.t3 to fidelity_reader",
     {"schema: POLICY t3 y in schema s:"}},
    {"a comment",
     "create table s.t4 (a int, b text); comment on table s.t4 is 'a comment'",
     "comment on table s.t4 is 'another'",
     {"schema: COMMENT TABLE t4 in schema s:"}},
    {"a column's comment",
     "create table s.t5 (a int, b text); comment on column s.t5.a is 'a comment'",
     "comment on column s.t5.a is null",
     {"schema: COMMENT COLUMN t5.a in schema s: only in the source"}},
    {"an owner",
     "create table s.t6 (a int, b text)",
     "alter table s.t6 owner to fidelity_owner",
     {"schema: TABLE t6 in schema s:"}},
    {"a grant",
     "create table s.t7 (a int, b text)",
     "grant select on s.t7 to fidelity_reader",
     {"schema: ACL TABLE t7 in schema s: only in the target"}},
    {"a grant on a column",
     "create table s.t8 (a int, b text)",
     "grant update (b) on s.t8 to fidelity_reader",
     {"schema: ACL COLUMN t8.b in schema s: only in the target"}},
    {"default privileges",
     "",
     "alter default privileges in schema s grant select on tables to fidelity_reader",
     {"schema: DEFAULT ACL DEFAULT PRIVILEGES FOR TABLES in schema s: only in the target"}},
    {"a missing extension",
     "create extension hstore schema s",
     "drop extension hstore",
     {"schema: EXTENSION hstore: only in the source", "schema: COMMENT EXTENSION hstore: only in the source",
      "extension hstore: only in the source"}},
    {"an extension's version",
     "create extension citext schema s version '1.4'",
     "alter extension citext update to '1.5'",
     {"extension citext: version 1.4 is 1.5"}},
    {"a missing large object",
     "select lo_create(70)",
     "select lo_unlink(70)",
     {"large object 70: only in the source"}},
    {"a large object's content",
     "select lo_from_bytea(71, 'content')",
     "select lo_put(71, 3, 'T')",
     {"large object 71: content"}},
    {"a large object's owner",
     "select lo_create(72)",
     "alter large object 72 owner to fidelity_owner",
     {"large object 72: owner postgres is fidelity_owner"}},
    {"a large object's grants",
     "select lo_create(73)",
     "grant select on large object 73 to fidelity_reader",
     {"large object 73: grants"}},
    {"a large object's comment",
     "select lo_create(74)",
     "comment on large object 74 is 'x'",
     {"large object 74: comment None is x"}},
    {"a setting of the database",
     "",
     "alter database :\"database\" set work_mem = '5MB'",
     {"setting of the database work_mem=5MB: only in the target"}},
    {"a role's setting in the database",
     "",
     "alter role fidelity_reader in database :\"database\" set work_mem = '5MB'",
     {"setting of the database fidelity_reader.work_mem=5MB: only in the target"}}};

class CompareDatabases : public testing::Test {
 protected:
  void SetUp() override {
    if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: one of each kind of object";
    prepare(support::shared_source());
    std::string script = "create schema s;\n";
    for (const Change& each : kChanges) script += each.before + ";\n";
    source_.psql(script);
    target_.psql(script);
  }

  support::Database source_{support::shared_source()};
  support::Database target_{support::shared_source()};
};

TEST_F(CompareDatabases, FindsNothingInEqualDatabases) {
  EXPECT_EQ(differences(source_, target_), "");
}

/// Lines that begin at the left, and what is indented below each.
std::vector<std::string> paragraphs(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(' ') && !result.empty()) {
      result.back() += '\n' + line;
    } else {
      result.push_back(line);
    }
  }
  return result;
}

TEST_F(CompareDatabases, NamesWhatDiffersAndNothingElse) {
  std::string script = "select current_database() as database \\gset\n";
  for (const Change& each : kChanges) script += each.change + ";\n";
  target_.psql(script);
  std::vector<std::string> said = paragraphs(differences(source_, target_));
  for (const Change& each : kChanges) {
    for (const std::string& start : each.named) {
      const auto found =
          std::ranges::find_if(said, [&](const std::string& one) { return one.starts_with(start); });
      if (found == said.end()) {
        ADD_FAILURE() << each.what << " was not named: " << start;
      } else {
        said.erase(found);
      }
    }
  }
  EXPECT_EQ(said, std::vector<std::string>{});
}

}  // namespace
}  // namespace pghaul::fidelity
