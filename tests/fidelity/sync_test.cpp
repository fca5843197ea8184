// Random changes of all kinds between a copy and a sync, judged by the independent comparison.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fidelity/judge.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"
#include "support/random_database.h"
#include "support/seed.h"

namespace pghaul::fidelity {
namespace {

/// What random tables don't have: cycles of foreign keys with actions, triggers, computed contents.
constexpr const char* kOthers = R"(
create table node (id int primary key, up int references node on delete set null,
                   twice int generated always as (id * 2) stored);
create table hen (id int primary key, egg int);
create table egg (id int primary key, hen int references hen on delete cascade);
alter table hen add constraint hen_egg foreign key (egg) references egg deferrable;
create table log (note text);
create function note() returns trigger language plpgsql as
  'begin insert into public.log values (tg_op || current_query()); return coalesce(new, old); end';
create trigger noted before insert or update or delete on hen for each row execute function note();
create trigger noted before insert or update or delete on node for each row execute function note();
create table parts (k int, v text, kind regtype, primary key (k)) partition by range (k);
create table parts_low partition of parts for values from (minvalue) to (50);
create table parts_high partition of parts for values from (50) to (maxvalue);
create table exchanged (id int primary key, place int unique);
create sequence numbers;
create materialized view nodes as select count(*) as nodes, sum(twice) as twice from node;
insert into node select i, null from generate_series(1, 40) i; update node set up = id / 2 where id > 1;
insert into hen select i from generate_series(1, 20) i; insert into egg select i, i from generate_series(1, 20) i;
update hen set egg = 21 - id; insert into parts select i, 'x', 'int' from generate_series(1, 99) i;
insert into exchanged select i, i from generate_series(1, 20) i;
select lo_from_bytea(0, decode(repeat(md5(i::text), 20000 * (i % 3)), 'hex')) from generate_series(1, 9) i;
)";

class RandomSync : public testing::Test {
 protected:
  RandomSync() {
    for (const support::Cluster* server : {&source_, &target_})
      server->psql("postgres", "create role keeper login");
  }

  /// Returns the target for a role that owns it, or for a superuser.
  [[nodiscard]] static std::string uri(const support::Database& database, bool ordinary) {
    std::string text = database.uri();
    return ordinary ? text.replace(text.find("postgres@"), 8, "keeper") : text;
  }

  /// Returns what differs beside the record, which only the target has.
  static std::string differences_of_contents(const support::Database& source,
                                             const support::Database& target) {
    std::istringstream lines(differences(source, target));
    std::string all;
    for (std::string line; std::getline(lines, line);) {
      if (line.find("pghaul_journal_record") == std::string::npos) all += line + '\n';
    }
    return all;
  }

  /// Returns a session whose transaction has written, in part within savepoints, and goes on.
  static postgres::Connection writer(const support::Database& source) {
    Result<postgres::Connection> session =
        postgres::Connection::open(*postgres::ConnectionString::parse(source.uri()), postgres::Side::source);
    if (!session) throw std::runtime_error(session.error().message);
    const Status written = session->execute(
        "BEGIN; INSERT INTO public.log VALUES ('open'); SAVEPOINT a;"
        "UPDATE public.parts SET v = 'open' WHERE k = 7; RELEASE SAVEPOINT a; SAVEPOINT b;"
        "DELETE FROM public.parts WHERE k > 80; ROLLBACK TO SAVEPOINT b; SAVEPOINT c;"
        "DELETE FROM public.exchanged WHERE id = 2; RELEASE SAVEPOINT c");
    if (!written) throw std::runtime_error(written.error().message);
    return std::move(*session);
  }

  std::string some_change(support::RandomDatabase& random) {
    const std::string some = std::to_string(1 + random.below(110));
    switch (random.below(16)) {
      case 0:
        return "delete from node where id % 20 = " + some + " % 20";
      case 1:
        return "insert into node values (" + some + ", (select max(id) from node))";
      case 2:
        return "delete from hen where id = " + some + " % 20";
      case 3:
        return "update egg set hen = (select min(id) from hen) where id = " + some + " % 20";
      case 4:
        return "update parts set k = 200 - k where k = " + some;
      case 5:
        return "update exchanged set place = -place; update exchanged set place = 21 + place";
      case 6:
        return "perform nextval('numbers') from generate_series(1, " + some + ")";
      case 7:
        return "perform lo_put(oid, 700000, decode(md5(oid::text), 'hex')) from pg_largeobject_metadata"
               " where oid % 3 = " +
               some + " % 3";
      case 8:
        return "perform lo_unlink(min(oid)) from pg_largeobject_metadata";
      case 9:
        return "perform lo_from_bytea(0, decode(repeat('ab', 50000 * " + some + " % 1000000), 'hex'))";
      case 10:
        return "execute (select format('comment on large object %s is ''c''', max(oid)) from"
               " pg_largeobject_metadata)";
      case 11:
        return "perform lo_truncate64(lo_open(max(oid), 393216), 100) from pg_largeobject_metadata";
      case 12:
        return "update log set note = note || '.'";
      case 13:
        return "truncate exchanged";
      default:
        return random.change();
    }
  }

  /// Runs changes, each for itself: one that is refused is rolled back alone.
  void change(const support::Database& database, support::RandomDatabase& random, int count) {
    std::string sql =
        "set role keeper; select setseed(" + std::to_string(random.below(10)) + "::float8 / 10);";
    for (int i = 0; i < count; ++i) {
      sql += "do $do$ begin " + some_change(random) + "; exception when others then null; end $do$;\n";
    }
    database.psql(sql);
  }

  const support::Cluster source_{{.settings = {{"fsync", "on"}}}};
  const support::Cluster target_;
};

TEST_F(RandomSync, MakesTheTargetEqualWhateverHasChanged) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: its own ordinary role is made";
  std::mt19937_64 seeds(support::seed_of_this_run());
  for (int schema = 0; schema < 3; ++schema) {
    support::RandomDatabase random(seeds());
    const bool ordinary = schema % 2 == 0;
    const support::Database source(source_, "owner keeper");
    const support::Database target(target_, "owner keeper");
    source.psql("grant all on schema public to keeper; set role keeper;" + random.schema() + kOthers);
    target.psql("grant all on schema public to keeper");
    change(source, random, 60);
    // Commits after the snapshot, and began before it.
    postgres::Connection open = writer(source);
    const support::Haul copy = support::haul(
        {"copy", "--keep-record", "--confirm", target.name(), source.uri(), uri(target, ordinary)});
    EXPECT_TRUE(open.execute("COMMIT"));
    ASSERT_EQ(copy.exit_status, 0) << copy.err << random.schema();
    for (int round = 0; round < 2; ++round) {
      change(source, random, 40);
      source.psql("refresh materialized view nodes");  // the target's will be
      if (random.below(3) == 0) change(target, random, 10);
      std::vector<std::string> command{"sync", "--confirm", target.name()};
      if (random.below(2) == 0) command.emplace_back("--keep-record");
      if (random.below(3) == 0)
        command.insert(command.end(), {"--source-via", PGHAUL_COMMAND, "--target-via", PGHAUL_COMMAND});
      command.insert(command.end(), {source.uri(), uri(target, ordinary)});
      SCOPED_TRACE((ordinary ? "ordinary role " : "superuser ") + random.schema());
      const support::Haul sync = support::haul(command);
      ASSERT_EQ(sync.exit_status, 0) << sync.err << sync.report.value("verification", nlohmann::json());
      EXPECT_EQ(sync.report["sync"]["by_record"], true) << sync.report["sync"];
      ASSERT_EQ(differences_of_contents(source, target), "");
    }
  }
}

}  // namespace
}  // namespace pghaul::fidelity
