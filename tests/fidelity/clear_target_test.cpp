#include <gtest/gtest.h>

#include <string>

#include "catalog/content_kinds.h"
#include "fidelity/hostile_database.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

constexpr int kVersion = 150000;

/// One of each kind that a database may hold.
constexpr const char* kOneOfEach = R"(
select current_database() as database \gset
create extension hstore;
create subscription followed connection 'host=127.0.0.1 port=1' publication nothing
  with (connect = false, slot_name = 'followed_slot');
create schema s;
create table s.t (id int primary key, a int, b int);
create table s.parted (id int) partition by list (id);
create table s.part partition of s.parted for values in (1);
create view s.v as select 1;
create materialized view s.m as select 1;
create sequence s.q;
create function s.f() returns trigger language plpgsql as 'begin return new; end';
create function s.g(internal) returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
create function s.h() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
create function s.e() returns event_trigger language plpgsql as 'begin end';
create function s.w(internal) returns internal language internal strict as 'jsonb_in';
create procedure s.p() language sql as 'select 1';
create aggregate s.total(int) (sfunc = int4pl, stype = int);
create type s.mood as enum ('sad');
create operator s.<+> (leftarg = int, rightarg = int, procedure = int4pl);
create operator family s.fam using btree;
create operator class s.ops for type s.mood using hash as function 1 hashenum(anyenum);
create collation s.c from "C";
create conversion s.conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create statistics s.st on a, b from s.t;
create text search configuration s.cfg (copy = simple);
create text search dictionary s.dict (template = simple);
create text search parser s.parser (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end,
                                    lextypes = prsd_lextype);
create text search template s.tmpl (lexize = dsimple_lexize);
create language tongue handler s.h;
create cast (s.mood as int) with inout;
create transform for int language plpgsql (from sql with function pg_catalog.prsd_lextype(internal));
create access method method type index handler bthandler;
create foreign data wrapper fdw;
create server elsewhere foreign data wrapper fdw;
create event trigger watch on ddl_command_end execute function s.e();
create publication pub for table s.t;
alter default privileges grant select on tables to fidelity_reader;
alter default privileges revoke execute on functions from public;
alter default privileges for role fidelity_owner grant usage on types to fidelity_reader with grant option;
alter default privileges in schema s grant select on sequences to fidelity_reader;
select lo_create(1);
alter database :"database" set work_mem = '5MB';
alter role fidelity_reader in database :"database" set work_mem = '6MB';
)";

/// Counts the objects of each kind, by its name.
std::string held_by(const support::Database& database) {
  std::string sql;
  for (const catalog::ContentKind& kind : catalog::content_kinds(kVersion)) {
    sql +=
        (sql.empty() ? "select " : " union all select ") + kind.kind + " from " + catalog::content_from(kind);
  }
  return database.psql("select string_agg(distinct kind, ', ' order by kind) from (" + sql +
                       ") as held(kind)");
}

TEST(ConfirmedTarget, LosesOneOfEachKindThatADatabaseMayHold) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: one of each kind of object";
  prepare(support::shared_source());
  prepare(support::shared_target());
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  source.psql("create table t (id int primary key)");
  target.psql(kOneOfEach);
  const std::string before = held_by(target);
  for (const catalog::ContentKind& kind : catalog::content_kinds(kVersion)) {
    if (!kind.kind.starts_with('\'')) continue;  // of several names, by a CASE
    EXPECT_NE(before.find(kind.kind.substr(1, kind.kind.size() - 2)), std::string::npos)
        << "this test makes no " << kind.kind;
  }
  const support::Haul run = support::haul({"copy", "--confirm", target.name(), source.uri(), target.uri()});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(held_by(target), "table");
  EXPECT_EQ(target.psql("select count(*) from pg_largeobject_metadata"), "0");
  EXPECT_NE(run.err.find("on the publisher: SELECT pg_drop_replication_slot('followed_slot')"),
            std::string::npos)
      << run.err;
}

/// The owner and grants of schema public, and what pg_dump takes for its usual grants.
std::string standing_of_public(const support::Database& database) {
  return database.psql(
      "select nspowner::regrole, nspacl, initprivs, obj_description(n.oid, 'pg_namespace') from pg_namespace "
      "n"
      " left join pg_init_privs on objoid = n.oid and classoid = 'pg_namespace'::regclass"
      " where nspname = 'public'");
}

TEST(ConfirmedTarget, KeepsSchemaPublicAsInitdbMakesIt) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: operator classes";
  prepare(support::shared_target());
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  const std::string fresh = standing_of_public(target);
  target.psql(R"(
    create domain public.d as int;
    create type public."Mood" as enum ('sad');
    create aggregate public.counted(*) (sfunc = int8inc, stype = int8, initcond = '0');
    create operator public.<+> (leftarg = int, rightarg = int, procedure = int4pl);
    create operator class public.ops for type public."Mood" using hash as function 1 hashenum(anyenum);
    create procedure public.p("Mood") language sql as 'select 1';
    create text search configuration public.cfg (copy = simple);
    create collation public.c from "C";
    alter default privileges in schema public grant select on tables to fidelity_reader;
    alter schema public owner to fidelity_owner;
    revoke all on schema public from public;
    grant create on schema public to fidelity_reader with grant option;
    comment on schema public is 'ours';)");
  const support::Haul run = support::haul({"copy", "--confirm", target.name(), source.uri(), target.uri()});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(held_by(target), "");
  EXPECT_EQ(standing_of_public(target), fresh);
}

}  // namespace
}  // namespace pghaul::fidelity
