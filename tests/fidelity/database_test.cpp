#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "fidelity/copy.h"
#include "fidelity/hostile_database.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

using support::Database;
using support::Haul;

/// Roles of one server alone or of both, for as long as a test lasts.
class Roles {
 public:
  Roles(const support::Cluster& server, const std::string& names) : server_(server), names_(names) {
    server_.psql("postgres", "drop role if exists " + names_ + "; create role " + names_ + " login");
  }
  ~Roles() { server_.psql("postgres", "drop role " + names_); }
  Roles(const Roles&) = delete;
  Roles& operator=(const Roles&) = delete;

 private:
  const support::Cluster& server_;
  std::string names_;
};

constexpr const char* kSaid = R"(
select current_database() as database \gset
comment on database :"database" is 'it''s the shop';
revoke temporary on database :"database" from public;
grant create on database :"database" to fidelity_reader with grant option;
alter database :"database" connection limit 42;
alter database :"database" owner to fidelity_owner;
)";

std::string said_of(const Database& database) {
  return database.psql(
      "select pg_get_userbyid(datdba), datconnlimit, shobj_description(oid, 'pg_database'),"
      " has_database_privilege('public', oid, 'temporary'),"
      " has_database_privilege('fidelity_reader', oid, 'create with grant option')"
      " from pg_database where datname = current_database()");
}

/// Lists the objects that a report names as left out, or as different.
std::string named(const Haul& run, const std::string& list) {
  const nlohmann::json::json_pointer where(list);
  std::set<std::string> objects;
  if (run.report.contains(where)) {
    for (const auto& one : run.report[where]) objects.insert(one["object"]);
  }
  std::string text;
  for (const std::string& object : objects) text += object + "\n";
  return text;
}
constexpr const char* kLeftOut = "/left_out";
constexpr const char* kDifferent = "/verification/mismatches";

class OfTheDatabase : public testing::Test {
 protected:
  OfTheDatabase() {
    prepare(support::shared_source());
    prepare(support::shared_target());
  }

  const Database source_{support::shared_source()};
  const Database target_{support::shared_target()};
};

TEST_F(OfTheDatabase, OwnerGrantsCommentAndLimitArrive) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: a connection limit";
  source_.psql(kSaid);
  ASSERT_TRUE(copied(source_, target_));
  EXPECT_EQ(said_of(target_), "fidelity_owner|42|it's the shop|f|t");
  EXPECT_EQ(support::haul({"verify", source_.uri(), target_.uri()}).exit_status, 0);
  target_.psql(
      "select current_database() as database \\gset\ncomment on database :\"database\" is 'another';"
      "revoke create on database :\"database\" from fidelity_reader;"
      "grant connect on database :\"database\" to fidelity_reader");
  const Haul changed = support::haul({"verify", source_.uri(), target_.uri()});
  EXPECT_EQ(changed.exit_status, 6);
  EXPECT_EQ(named(changed, kDifferent),
            "property of the database: CREATE for fidelity_reader\nproperty of the database: comment\n");
}

TEST_F(OfTheDatabase, OwnerAndGrantsStayBehindAsAsked) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: a connection limit";
  source_.psql(kSaid);
  ASSERT_TRUE(copied(source_, target_, {"-O", "-x"}));
  EXPECT_EQ(said_of(target_), "postgres|42|it's the shop|t|f");
  const Haul again = support::haul({"verify", "-O", "-x", source_.uri(), target_.uri()});
  EXPECT_EQ(again.exit_status, 0) << named(again, kDifferent);
  EXPECT_FALSE(again.report.contains("partial"));
}

TEST_F(OfTheDatabase, ArrivesByWayOfAnArchive) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: a connection limit";
  source_.psql(kSaid);
  const std::string folder = testing::TempDir() + source_.name();
  ASSERT_EQ(support::haul({"copy", source_.uri(), "archive:" + folder}).exit_status, 0);
  EXPECT_EQ(support::haul({"copy", "archive:" + folder, target_.uri()}).exit_status, 0);
  EXPECT_EQ(said_of(target_), "fidelity_owner|42|it's the shop|f|t");
  std::filesystem::remove_all(folder);
}

/// A copy and a comparison with the same options have one verdict, and one list of what is missing.
void expect_one_verdict(const Database& source, const std::string& target, const std::string& left_out) {
  const Haul copy = support::haul({"copy", source.uri(), target});
  EXPECT_EQ(copy.exit_status, 0) << copy.err;
  EXPECT_EQ(named(copy, kLeftOut), left_out);
  EXPECT_TRUE(copy.report.value("partial", false));
  const Haul compared = support::haul({"verify", source.uri(), target});
  EXPECT_EQ(compared.exit_status, 0) << named(compared, kDifferent);
  EXPECT_EQ(named(compared, kLeftOut), left_out);
  EXPECT_TRUE(compared.report.value("partial", false));
}

TEST_F(OfTheDatabase, SettingOfARoleThatTheTargetLacksIsLeftOutByBothVerbs) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: settings of roles";
  const Roles there(support::shared_source(), "fidelity_only_there");
  source_.psql(
      "select current_database() as database \\gset\n"
      "alter role fidelity_only_there in database :\"database\" set work_mem = '5MB';"
      "grant create on database :\"database\" to fidelity_only_there");
  expect_one_verdict(source_, target_.uri(),
                     "property of the database: CREATE for fidelity_only_there\n"
                     "setting of the database: work_mem of role fidelity_only_there\n");
  source_.psql("select current_database() as database \\gset\ndrop owned by fidelity_only_there");
}

TEST_F(OfTheDatabase, WhatAnOrdinaryRoleMayNotSetIsLeftOutByBothVerbs) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: its own ordinary role is made";
  const Roles ordinary(support::shared_target(), "fidelity_ordinary");
  source_.psql(std::string(kSaid) +
               "alter database :\"database\" set log_statement = 'ddl';"
               "alter database :\"database\" set work_mem = '5MB'");
  target_.psql(
      "select current_database() as database \\gset\n"
      "alter database :\"database\" owner to fidelity_ordinary");
  std::string uri = target_.uri();
  uri.replace(uri.find("postgres@"), 9, "fidelity_ordinary@");
  expect_one_verdict(source_, uri,
                     "property of the database: connection limit\nproperty of the database: owner\n"
                     "setting of the database: log_statement\n");
  target_.psql(
      "select current_database() as database \\gset\nalter database :\"database\" owner to postgres;"
      "reassign owned by fidelity_ordinary to postgres; drop owned by fidelity_ordinary");
}

TEST_F(OfTheDatabase, DefaultPrivilegesStayBehindAsAsked) {
  source_.psql(
      "alter default privileges grant select on tables to fidelity_reader;"
      "create table t (id int)");
  ASSERT_TRUE(copied(source_, target_, {"-x"}));
  EXPECT_EQ(target_.psql("select count(*) from pg_default_acl"), "0");
  EXPECT_EQ(support::haul({"verify", "-x", source_.uri(), target_.uri()}).exit_status, 0);
  EXPECT_EQ(support::haul({"verify", source_.uri(), target_.uri()}).exit_status, 6);
}

/// Statements that pg_dump writes after CREATE INDEX and ADD CONSTRAINT, which pghaul writes itself; and
/// changes of a superuser to the triggers of constraints, which pg_dump does not write.
TEST_F(OfTheDatabase, WhatHangsOnIndexesAndConstraintsArrives) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: triggers of constraints";
  source_.psql(R"(
    create extension pg_trgm;
    create table t (id int constraint t_key primary key, v text,
                    other int constraint t_other unique deferrable initially deferred);
    create index t_v on t using gin (v gin_trgm_ops);
    create index t_lower on t (lower(v), (id + 1));
    alter index t_v depends on extension pg_trgm;
    alter index t_key depends on extension pg_trgm;
    alter index t_lower alter column 2 set statistics 7;
    alter table t cluster on t_lower;
    alter table t replica identity using index t_key;
    comment on index t_v is 'an index'; comment on constraint t_key on t is 'a key';
    create function f() returns trigger language plpgsql as 'begin return new; end';
    create trigger on_t before insert on t for each row execute function f();
    alter trigger on_t on t depends on extension pg_trgm;
    alter function f() depends on extension pg_trgm;
    create materialized view m as select id from t;
    create index m_id on m (id);
    alter materialized view m depends on extension pg_trgm;
    alter index m_id depends on extension pg_trgm;
    create table parted (a int) partition by list (a);
    create table parted_1 partition of parted for values in (1);
    create index parted_a on parted (a);
    alter index parted_a depends on extension pg_trgm;
    create table refers (id int constraint to_t references t, a int);
    create table refers_parted (id int constraint to_t references t) partition by list (id);
    create table refers_1 partition of refers_parted for values in (1);
    alter table refers disable trigger all;
    alter table refers_1 disable trigger all;
    create table replicated (id int constraint to_t references t, above int,
                             constraint replicated_key primary key (id),
                             constraint to_itself foreign key (above) references replicated);
    select format('alter table replicated enable replica trigger %I', tgname) from pg_trigger
    where tgrelid = 'replicated'::regclass \gexec
  )");
  ASSERT_TRUE(copied(source_, target_));
  const char* const dependences =
      "select string_agg(pg_describe_object(classid, objid, 0), ', ' order by 1) from (select classid, objid"
      " from pg_depend where deptype = 'x' order by pg_describe_object(classid, objid, 0)) d";
  EXPECT_EQ(target_.psql(dependences), source_.psql(dependences));
  const char* const firing =
      "select string_agg(line, ', ' order by line) from (select concat_ws(' ', tgrelid::regclass,"
      " tgfoid::regproc, tgenabled) from pg_trigger) t(line)";
  EXPECT_EQ(target_.psql(firing), source_.psql(firing));
  EXPECT_NE(target_.psql(firing).find("\"RI_FKey_check_ins\" D"), std::string::npos);
  EXPECT_EQ(support::haul({"verify", source_.uri(), target_.uri()}).exit_status, 0);
  target_.psql("alter table refers enable trigger all");
  EXPECT_EQ(named(support::haul({"verify", source_.uri(), target_.uri()}), kDifferent),
            "internal trigger RI_FKey_check_ins on public.refers for constraint to_t of public.refers\n"
            "internal trigger RI_FKey_check_upd on public.refers for constraint to_t of public.refers\n");
}

}  // namespace
}  // namespace pghaul::fidelity
