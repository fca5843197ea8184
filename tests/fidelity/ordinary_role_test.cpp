#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/cluster.h"
#include "support/pghaul.h"
#include "support/versions.h"

namespace pghaul::fidelity {
namespace {

/// Two servers, on each of which the database `shop` belongs to shop_owner, who is no superuser.
class OrdinaryRole : public testing::Test {
 protected:
  void start(int source_major, int target_major) {
    for (auto& [major, server] : {std::pair(source_major, &source_), std::pair(target_major, &target_)}) {
      const support::Version version = support::find_version(major);
      if (!version.missing.empty()) GTEST_SKIP() << version.missing;
      *server = std::make_unique<support::Cluster>(support::ClusterOptions{.bin_dir = version.server_bin});
      (*server)->psql(
          "postgres",
          "create role shop_owner login; create role somebody; create role reader;"
          "create role shop_login login in role shop_owner; create database shop owner shop_owner");
    }
  }

  static std::string uri(const support::Cluster& server, const std::string& role = "shop_owner") {
    std::string text = server.uri("shop");
    return text.replace(text.find("postgres@"), 8, role);
  }

  /// Runs a verb from source to target, as shop_owner on both.
  [[nodiscard]] support::Haul run(const std::string& verb,
                                  const std::vector<std::string>& options = {}) const {
    std::vector<std::string> arguments = {verb, uri(*source_), uri(*target_)};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return support::haul(arguments, {{"PATH", support::path_with_fetched_clients()}});
  }

  void expect(int status, const std::string& verb, const std::vector<std::string>& options) const {
    const support::Haul done = run(verb, options);
    EXPECT_EQ(done.exit_status, status)
        << verb << ": " << done.err << done.report.value("verification", nlohmann::json()).dump();
  }

  std::string on_target(const std::string& sql) const { return target_->psql("shop", sql); }

  std::unique_ptr<support::Cluster> source_;
  std::unique_ptr<support::Cluster> target_;
};

constexpr const char* kFine =
    "set role shop_owner; create table fine (id int primary key, v text);"
    "insert into fine select i, 'row ' || i from generate_series(1, 50) i; reset role;";

/// Each of them alone makes a copy by an ordinary role fail.
constexpr const char* kOutOfReach = R"(
create function theirs() returns int language sql as 'select 1';
create table other_owners (a int);
alter table other_owners owner to somebody;
create publication of_all for all tables;
create extension pageinspect;
create extension postgres_fdw;
create server elsewhere foreign data wrapper postgres_fdw;
create function e() returns event_trigger language plpgsql as 'begin end';
alter function e() owner to shop_owner;
create event trigger watch on ddl_command_end execute function e();
alter default privileges for role somebody grant select on tables to reader;
create function in_c(internal) returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
create function sets() returns int language sql set log_min_duration_statement = 0 as 'select 1';
create table granted (a int);
alter table granted owner to shop_owner;
grant select on granted to somebody with grant option;
set role somebody;
grant select on granted to reader;
reset role;
grant execute on function pg_catalog.pg_stat_reset() to reader;
create operator family fam using btree;
grant all on other_owners to shop_owner;
)";

class OrdinaryRoleOf : public OrdinaryRole, public testing::WithParamInterface<int> {};

TEST_P(OrdinaryRoleOf, IsToldOfAllFindingsAtOnceBeforeAnythingIsTouched) {
  start(GetParam(), GetParam());
  if (IsSkipped()) return;
  source_->psql("shop", std::string(kFine) + kOutOfReach);
  for (const char* verb : {"plan", "copy"}) {
    const support::Haul refused = run(verb);
    EXPECT_EQ(refused.exit_status, 3) << refused.err;
    const std::string said = refused.out + refused.err;
    for (const char* finding :
         {"not a member of role postgres", "not a member of role somebody", "publication of_all",
          "extension pageinspect", "extension postgres_fdw", "event trigger watch",
          "default privileges of somebody", "function public.in_c", "function public.sets()",
          "table public.granted", "pg_stat_reset", "operator family public.fam"}) {
      EXPECT_NE(said.find(finding), std::string::npos) << finding << " in " << said;
    }
    for (const auto& finding : refused.report["findings"]) {
      EXPECT_NE(finding.value("hint", ""), "") << finding;
    }
  }
  EXPECT_EQ(on_target("select count(*) from pg_class where oid >= 16384"), "0");
}

/// The options that findings name are enough, with extensions that an administrator has made.
TEST_P(OrdinaryRoleOf, CopiesWithTheOptionsThatHelp) {
  start(GetParam(), GetParam());
  if (IsSkipped()) return;
  source_->psql("shop", std::string(kFine) + kOutOfReach +
                            "drop function in_c; drop function sets; drop operator family fam using btree;"
                            "grant all on all tables in schema public to shop_owner;"
                            "create schema ext; create extension citext schema ext;"
                            "grant usage on schema ext to shop_owner;"
                            "create table folded (v ext.citext); grant select on folded to shop_owner");
  target_->psql(
      "shop",
      "create extension pageinspect; create extension postgres_fdw; create extension tablefunc;"
      "grant usage on foreign data wrapper postgres_fdw to shop_owner;"
      "create schema ext; grant usage on schema ext to shop_owner; create extension citext schema ext");
  const std::vector<std::string> ways_on = {"-O", "-x", "--no-event-triggers", "--no-publications"};
  expect(0, "copy", ways_on);
  EXPECT_EQ(on_target("select count(*), max(v) from fine"), "50|row 9");
  EXPECT_EQ(on_target("select relowner::regrole from pg_class where relname = 'other_owners'"), "shop_owner");
  expect(0, "verify", ways_on);
  std::vector<std::string> again = ways_on;
  again.insert(again.end(), {"--confirm", "shop"});
  expect(0, "copy", again);
  EXPECT_EQ(on_target("select string_agg(extname, ' ' order by extname) from pg_extension"),
            "citext pageinspect plpgsql postgres_fdw tablefunc");
  expect(0, "verify", ways_on);
}

INSTANTIATE_TEST_SUITE_P(Version, OrdinaryRoleOf, testing::Values(13, 15, 18));

TEST_F(OrdinaryRole, IsToldAtOnceOfAllThatItMayNotDrop) {
  start(15, 15);
  if (IsSkipped()) return;
  source_->psql("shop", std::string(kFine) +
                            "create schema theirs authorization shop_owner;"
                            "set role shop_owner; create publication pub for table fine");
  target_->psql("shop",
                "create schema theirs; create table theirs.one (a int); create table theirs.two (a int);"
                "create publication pub for table theirs.one;"
                "set role shop_owner; create table own (a int)");
  const support::Haul refused = run("copy", {"--confirm", "shop"});
  EXPECT_EQ(refused.exit_status, 3) << refused.err;
  for (const char* object : {"schema theirs", "table theirs.one", "table theirs.two", "publication pub"}) {
    EXPECT_NE(refused.err.find(object), std::string::npos) << object << " in " << refused.err;
  }
  EXPECT_EQ(on_target("select count(*) from own"), "0");
}

TEST_F(OrdinaryRole, IsToldOfASchemaOfOthersThatItMayNotCreateIn) {
  start(15, 15);
  if (IsSkipped()) return;
  source_->psql(
      "shop",
      "set role shop_owner; create schema app; create table app.t (id int); insert into app.t values (1)");
  target_->psql("shop", "create schema app");
  const support::Haul refused = run("copy");
  EXPECT_EQ(refused.exit_status, 3) << refused.err;
  EXPECT_NE(
      refused.err.find("may not create in schema app of the target, which belongs to role postgres: table"
                       " app.t"),
      std::string::npos)
      << refused.err;
  expect(0, "copy", {"-O", "-x", "--skip-failing"});
  target_->psql("shop", "grant create, usage on schema app to shop_owner");
  expect(0, "copy", {"-O", "-x"});
  EXPECT_EQ(on_target("select count(*) from app.t"), "1");
}

TEST_F(OrdinaryRole, RestoresAnArchiveWithTheOptionsThatHelp) {
  start(15, 15);
  if (IsSkipped()) return;
  source_->psql("shop", std::string(kFine) +
                            "create table other_owners (a int); alter table other_owners owner to somebody;"
                            "create extension pageinspect; create publication pub for all tables;"
                            "create function e() returns event_trigger language plpgsql as 'begin end';"
                            "create event trigger watch on ddl_command_end execute function e();"
                            "grant select on fine to reader");
  const std::string folder = source_->folder() + "/archive";
  const support::Haul stored = support::haul({"copy", source_->uri("shop"), "archive:" + folder});
  ASSERT_EQ(stored.exit_status, 0) << stored.err;
  const support::Haul refused = support::haul({"copy", "archive:" + folder, uri(*target_)});
  EXPECT_EQ(refused.exit_status, 3);
  for (const char* finding :
       {"not a member of role somebody", "extension pageinspect", "event trigger watch"}) {
    EXPECT_NE(refused.err.find(finding), std::string::npos) << finding << " in " << refused.err;
  }
  const support::Haul restored =
      support::haul({"copy", "-O", "--no-event-triggers", "--no-publications", "--exclude-extension", "page*",
                     "archive:" + folder, uri(*target_)});
  EXPECT_EQ(restored.exit_status, 0) << restored.err;
  EXPECT_EQ(on_target("select count(*) from fine"), "50");
}

TEST_F(OrdinaryRole, IsToldOfNullsThatItsTablesCouldNotInherit) {
  start(15, 15);
  if (IsSkipped()) return;
  source_->psql("shop",
                "set role shop_owner; create table p (a int, b int); create table c () inherits (p);"
                "alter table only p alter b set not null; insert into c values (1, null)");
  const support::Haul refused = run("copy");
  EXPECT_EQ(refused.exit_status, 3) << refused.err;
  EXPECT_NE(refused.err.find("column b of public.c may hold NULLs"), std::string::npos) << refused.err;
  source_->psql("shop", "alter table only p alter b drop not null");
  expect(0, "copy", {});
}

/// pg_dump's order has grants last, and an owner must be allowed to create in the schema.
TEST_F(OrdinaryRole, GivesObjectsToOwnersWhoMayCreateInTheirSchemas) {
  start(15, 15);
  if (IsSkipped()) return;
  for (const support::Cluster* server : {&*source_, &*target_})
    server->psql("postgres", "grant somebody to shop_owner");
  source_->psql("shop",
                "set role shop_owner; create schema app; grant usage, create on schema app to somebody;"
                "create table app.t (id int primary key); alter table app.t owner to somebody;"
                "create view app.v as select id from app.t; alter view app.v owner to somebody");
  expect(0, "copy", {});
  EXPECT_EQ(
      on_target("select string_agg(relowner::regrole::text, ' ') from pg_class where relname in ('t', 'v')"),
      "somebody somebody");
  expect(0, "verify", {});
  const support::Haul without_grants = run("plan", {"--confirm", "shop", "-x"});
  EXPECT_EQ(without_grants.exit_status, 3) << without_grants.err;
  EXPECT_NE(without_grants.out.find("who may not create in their schemas: table app.t, view app.v"),
            std::string::npos)
      << without_grants.out << without_grants.err;
  source_->psql("shop", "revoke create on schema app from somebody");
  const support::Haul revoked = run("copy", {"--confirm", "shop"});
  EXPECT_EQ(revoked.exit_status, 3) << revoked.err;
  EXPECT_NE(revoked.err.find("GRANT CREATE ON these schemas"), std::string::npos) << revoked.err;
  expect(0, "copy", {"--confirm", "shop", "-O"});
}

/// Aggregates belong to a language that is not trusted, and everybody may make them. Schemas of temporary
/// tables are the first superuser's.
TEST_F(OrdinaryRole, IsNotToldOfWhatItMayDo) {
  start(15, 15);
  if (IsSkipped()) return;
  source_->psql("shop",
                "create temporary table passing (i int); set role shop_owner;"
                "create aggregate total(int) (sfunc = int4pl, stype = int); create table t (id int)");
  expect(0, "copy", {});
  expect(0, "verify", {});
}

TEST_F(OrdinaryRole, IsToldOfCastsTransformsAndAggregatesThatAreASuperusers) {
  start(15, 15);
  if (IsSkipped()) return;
  source_->psql(
      "shop",
      "create function yes(int) returns point language sql immutable as 'select point($1, $1)';"
      "create cast (int as point) with function yes(int);"
      "create transform for int language sql (from sql with function prsd_lextype(internal));"
      "create aggregate middle(float8 order by anyelement) (sfunc = ordered_set_transition, stype = internal,"
      " finalfunc = percentile_disc_final, finalfunc_extra)");
  const support::Haul refused = run("plan", {"-O"});
  EXPECT_EQ(refused.exit_status, 3) << refused.err;
  for (const char* object : {"cast (integer AS pg_catalog.point)", "transform for integer on language sql",
                             "aggregate public.middle"}) {
    EXPECT_NE(refused.out.find(object), std::string::npos) << object << " in " << refused.out;
  }
}

TEST_F(OrdinaryRole, IsToldOfTablesThatItMayNotReadTogetherWithAllElse) {
  start(15, 15);
  if (IsSkipped()) return;
  source_->psql("shop", std::string(kFine) +
                            "create table closed (a int); create view over_closed as select * from closed;"
                            "create table theirs (a int); alter table theirs owner to somebody;"
                            "grant select on theirs to shop_owner; create extension pageinspect");
  for (const char* verb : {"plan", "copy"}) {
    const support::Haul refused = run(verb);
    EXPECT_EQ(refused.exit_status, 3) << refused.err;
    const std::string said = refused.out + refused.err;
    for (const char* finding :
         {"table public.closed", "not a member of role somebody", "extension pageinspect"}) {
      EXPECT_NE(said.find(finding), std::string::npos) << finding << " in " << said;
    }
    EXPECT_EQ(refused.report["left_out"], nlohmann::json::array());
  }
  EXPECT_EQ(on_target("select count(*) from pg_class where oid >= 16384"), "0");
  const support::Haul estimate = run("estimate");
  EXPECT_EQ(estimate.exit_status, 3) << estimate.err;
  EXPECT_NE(estimate.err.find("table public.closed"), std::string::npos) << estimate.err;
}

/// A large object's owner may lack the right to read it.
TEST_F(OrdinaryRole, IsToldOfALargeObjectThatItMayNotRead) {
  start(15, 15);
  if (IsSkipped()) return;
  source_->psql("shop",
                "set role shop_owner; select lo_create(7); revoke all on large object 7 from shop_owner");
  const support::Haul refused = run("copy");
  EXPECT_EQ(refused.exit_status, 3) << refused.err;
  EXPECT_NE(refused.err.find("--skip-unreadable"), std::string::npos) << refused.err;
  expect(0, "copy", {"--skip-unreadable"});
}

TEST_F(OrdinaryRole, LeavesAloneWhatAProviderHasMade) {
  start(15, 15);
  if (IsSkipped()) return;
  source_->psql("shop", kFine);
  target_->psql("shop", R"(
    create schema auth;
    create table auth.users (id int primary key, mail text default 'none');
    create index on auth.users (mail);
    create function auth.uid() returns int language sql as 'select 1';
    create view auth.mails as select mail from auth.users;
    comment on table auth.users is 'theirs';
    grant select on auth.users to reader;
    create publication realtime for table auth.users;
    create function auth.watch() returns event_trigger language plpgsql as 'begin end';
    create event trigger watch on ddl_command_end execute function auth.watch();
    insert into auth.users values (1);)");
  expect(0, "copy", {});
  expect(0, "verify", {});
  expect(0, "copy", {"--confirm", "shop"});
  EXPECT_EQ(on_target("select * from auth.users"), "1|none");
  EXPECT_EQ(on_target("select count(*) from fine"), "50");
}

/// Schema public belongs to a superuser up to PostgreSQL 14, and in databases from before 15.
class OwnerOfPublic : public OrdinaryRole, public testing::WithParamInterface<std::pair<int, int>> {};

TEST_P(OwnerOfPublic, StaysTheTargetsWhereTheRoleMayNotGiveItAway) {
  start(GetParam().first, GetParam().second);
  if (IsSkipped()) return;
  constexpr const char* kOwner = "select nspowner::regrole from pg_namespace where nspname = 'public'";
  source_->psql("shop", std::string(kFine) + "alter schema public owner to postgres");
  const std::string before = on_target(kOwner);
  expect(0, "copy", {});
  EXPECT_EQ(on_target(kOwner), before);
  expect(0, "verify", {});
  target_->psql("shop", "alter schema public owner to reader");
  expect(6, "verify", {});
}

INSTANTIATE_TEST_SUITE_P(Version, OwnerOfPublic,
                         testing::Values(std::pair(13, 17), std::pair(15, 15), std::pair(15, 17)));

/// Its target holds something of each kind that the role may make, and schema public as the source has it.
class OwnTargetOf : public OrdinaryRole, public testing::WithParamInterface<int> {};

TEST_P(OwnTargetOf, IsCopiedIntoAgainOnceItIsConfirmed) {
  start(GetParam(), GetParam());
  if (IsSkipped()) return;
  constexpr const char* kPublic =
      "select nspowner::regrole, nspacl, obj_description(oid, 'pg_namespace') from pg_namespace"
      " where nspname = 'public'";
  source_->psql("shop", kFine);
  const std::string fresh = on_target(kPublic);
  target_->psql("shop", R"(
    set role shop_owner;
    create schema app;
    create type app.mood as enum ('sad');
    create table app.t (id int generated always as identity primary key, m app.mood);
    create table app.parted (id int) partition by list (id);
    create table app.part partition of app.parted for values in (1);
    create materialized view app.m as select 1 as one;
    create view app.v as select * from app.t;
    create function app.f() returns trigger language plpgsql as 'begin return new; end';
    create trigger r before insert on app.t for each row execute function app.f();
    create collation app.c from "C";
    create statistics app.st on id, m from app.t;
    create text search configuration app.cfg (copy = simple);
    alter default privileges grant select on tables to reader;
    alter default privileges in schema app grant select on sequences to reader;
    select lo_create(1);
    alter database shop set work_mem = '5MB';
    alter role shop_owner in database shop set work_mem = '6MB';)");
  expect(0, "copy", {"--confirm", "shop"});
  expect(0, "verify", {});
  EXPECT_EQ(on_target(kPublic), fresh);
  expect(0, "copy", {"--confirm", "shop"});
  EXPECT_EQ(on_target("select count(*) from fine"), "50");
}

INSTANTIATE_TEST_SUITE_P(Version, OwnTargetOf, testing::Values(13, 15, 19));

TEST_F(OrdinaryRole, RehearsesWithNoOtherRightThanToCreateDatabases) {
  start(15, 15);
  if (IsSkipped()) return;
  source_->psql("shop", kFine);
  target_->psql("postgres", "alter role shop_owner createdb");
  expect(0, "copy", {"--rehearse"});
  EXPECT_EQ(on_target("select count(*) from pg_class where oid >= 16384"), "0");
}

/// Array types of an extension are no members of it.
TEST_F(OrdinaryRole, NeedNotBeAMemberOfTheRoleThatMadeAnExtension) {
  start(15, 15);
  if (IsSkipped()) return;
  source_->psql("shop", std::string(kFine) + "create extension hstore; create extension citext");
  expect(0, "copy", {});
  expect(0, "verify", {});
}

TEST_F(OrdinaryRole, WorksAsAnotherRoleOnBothServersOrOnOne) {
  start(15, 15);
  if (IsSkipped()) return;
  source_->psql("shop", kFine);
  const std::string from = uri(*source_, "shop_login");
  const std::string to = uri(*target_, "shop_login");
  const auto owner_after = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"copy", "--confirm", "shop"});
    const support::Haul done = support::haul(std::move(arguments));
    EXPECT_EQ(done.exit_status, 0) << done.err;
    return on_target("select relowner::regrole from pg_class where relname = 'fine'");
  };
  EXPECT_EQ(owner_after({"-O", from, to}), "shop_login");
  target_->psql("shop", "drop table fine");
  EXPECT_EQ(owner_after({"-O", "--role", "shop_owner", from, to}), "shop_owner");
  EXPECT_EQ(owner_after({"-O", "--target-role", "shop_owner", from, to}), "shop_owner");
  EXPECT_EQ(owner_after({"-O", "--role", "nobody", "--source-role", "shop_login", "--target-role",
                         "shop_owner", from, to}),
            "shop_owner");
  EXPECT_EQ(owner_after({"-O", "--role", "shop_owner", "--source-via", PGHAUL_COMMAND, "--target-via",
                         PGHAUL_COMMAND, from, to}),
            "shop_owner");
  const support::Haul refused = support::haul({"copy", "--confirm", "shop", "--role", "somebody", from, to});
  EXPECT_EQ(refused.exit_status, 4) << refused.err;
  EXPECT_NE(refused.err.find("role \"somebody\""), std::string::npos) << refused.err;
}

TEST_F(OrdinaryRole, GetsTheSchemaThatAChosenTableNeeds) {
  start(15, 15);
  if (IsSkipped()) return;
  source_->psql("shop",
                "set role shop_owner; create schema app; create table app.t (id int); insert into app.t"
                " values (7)");
  expect(0, "copy", {"-t", "app.t"});
  EXPECT_EQ(on_target("select id from app.t"), "7");
  expect(0, "verify", {"-t", "app.t"});
}

TEST_F(OrdinaryRole, IsToldOfAnExtensionThatAChosenTableNeeds) {
  start(15, 15);
  if (IsSkipped()) return;
  source_->psql("shop",
                "set role shop_owner; create extension citext; create table t (v citext);"
                "insert into t values ('Abc')");
  for (const std::vector<std::string>& choice :
       std::vector<std::vector<std::string>>{{"-t", "t"}, {"--exclude-extension", "citext"}}) {
    const support::Haul refused = run("copy", choice);
    EXPECT_EQ(refused.exit_status, 3) << refused.err;
    EXPECT_NE(refused.err.find("lacks extension citext"), std::string::npos) << refused.err;
  }
  expect(0, "copy", {"-t", "t", "-e", "citext"});
  expect(0, "copy", {"-t", "t", "--confirm", "shop"});  // it stays
  expect(0, "verify", {"-t", "t"});
}

}  // namespace
}  // namespace pghaul::fidelity
