#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

/// A database with what stands in the way of rows that come in any order: foreign keys in a circle, triggers
/// that would change rows, and all that is made of rows.
constexpr const char* kContents = R"(
create schema app;
create table app.log (id int primary key, v text);
create table app.a (id int primary key, b int, twice int generated always as (id * 2) stored,
                    n int generated always as identity);
create table app.b (id int primary key, a int references app.a);
alter table app.a add foreign key (b) references app.b;
create table app.refers (log int references app.log);
create function app.meddle() returns trigger language plpgsql as 'begin new.v := ''meddled''; return new; end';
create trigger meddle before insert on app.log for each row execute function app.meddle();
create table app.parted (id int, v text) partition by range (id);
create table app.parted_1 partition of app.parted for values from (0) to (50);
create table app.parted_2 partition of app.parted for values from (50) to (1000);
create materialized view app.numbers as select count(*) as logs from app.log;
create materialized view app.above as select logs + 1 as more from app.numbers;
alter table app.log disable trigger meddle;
insert into app.log select i, 'row ' || i from generate_series(1, 2000) i;
alter table app.log enable trigger meddle;
insert into app.a (id) select i from generate_series(1, 100) i;
insert into app.b select i, i from generate_series(1, 100) i;
update app.a set b = id;
insert into app.refers values (7), (1234);
insert into app.parted select i, 'part' from generate_series(1, 99) i;
refresh materialized view app.numbers;
refresh materialized view app.above;
select lo_from_bytea(7001, 'abc');
)";

class Parts : public testing::Test {
 protected:
  Parts() { source_.psql(kContents); }
  ~Parts() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string archive() const { return "archive:" + folder_; }

  [[nodiscard]] support::Haul run(const std::string& verb, std::vector<std::string> options,
                                  const std::string& from = {}) const {
    options.insert(options.begin(), {verb, from.empty() ? source_.uri() : from, target_.uri()});
    return support::haul(options);
  }

  void expect(int status, const support::Haul& done) const {
    EXPECT_EQ(done.exit_status, status)
        << done.err << done.report.value("verification", nlohmann::json()).dump(1)
        << done.report.value("left_out", nlohmann::json()).dump(1);
  }

  static bool names(const support::Haul& done, const std::string& list, const std::string& what) {
    return done.report[list].dump().find(what) != std::string::npos;
  }

  [[nodiscard]] std::string rows() const {
    return target_.psql(
        "select (select count(*) from app.log), (select count(*) from app.a), (select count(*) from app.b),"
        " (select count(*) from app.refers), (select count(*) from app.parted),"
        " (select count(*) from pg_largeobject_metadata)");
  }

  const support::Database source_{support::shared_source()};
  const support::Database target_{support::shared_target()};
  const std::string folder_ = testing::TempDir() + target_.name();
};

TEST_F(Parts, SchemaAndDataMakeAWhole) {
  if (support::needs_superuser())
    GTEST_SKIP() << "needs a superuser: session_replication_role, which --data-only wants for foreign keys";
  const support::Haul schema = run("copy", {"--schema-only"});
  expect(0, schema);
  EXPECT_TRUE(schema.report.value("partial", false));
  EXPECT_TRUE(names(schema, "left_out", "rows of all tables"));
  EXPECT_TRUE(names(schema, "left_out", "1 large object"));
  EXPECT_EQ(rows(), "0|0|0|0|0|0");
  expect(0, run("verify", {"--schema-only"}));
  expect(9, run("verify", {"--schema-only", "--strict"}));
  expect(6, run("verify", {}));

  expect(0, run("plan", {"--data-only"}));
  const support::Haul data = run("copy", {"--data-only"});
  expect(0, data);
  EXPECT_FALSE(data.report.value("partial", false)) << data.report["left_out"];
  EXPECT_EQ(rows(), "2000|100|100|2|99|1");
  EXPECT_EQ(target_.psql("select min(v) from app.log"), "row 1");
  expect(0, run("verify", {}));
  expect(0, run("verify", {"--data-only"}));
}

TEST_F(Parts, SchemaAndDataComeOutOfAnArchiveAndOverALink) {
  if (support::needs_superuser())
    GTEST_SKIP() << "needs a superuser: session_replication_role, which --data-only wants for foreign keys";
  expect(0, support::haul({"copy", source_.uri(), archive()}));
  expect(0, run("copy", {"--schema-only"}, archive()));
  EXPECT_EQ(rows(), "0|0|0|0|0|0");
  expect(0, run("copy", {"--data-only"}, archive()));
  EXPECT_EQ(rows(), "2000|100|100|2|99|1");
  expect(0, run("verify", {}));
  const std::vector<std::string> link = {"--source-via", PGHAUL_COMMAND, "--target-via", PGHAUL_COMMAND};
  std::vector<std::string> options = link;
  options.insert(options.end(), {"--schema-only", "--confirm", target_.name()});
  expect(0, run("copy", options));
  options = link;
  options.emplace_back("--data-only");
  expect(0, run("copy", options));
  EXPECT_EQ(rows(), "2000|100|100|2|99|1");
}

TEST_F(Parts, DataGoesOnlyIntoTablesThatItFits) {
  if (support::needs_superuser())
    GTEST_SKIP() << "needs a superuser: session_replication_role, which --data-only wants for foreign keys";
  const support::Haul missing = run("copy", {"--data-only"});
  expect(3, missing);
  EXPECT_TRUE(names(missing, "findings", "missing_on_target")) << missing.err;
  expect(0, run("copy", {"--schema-only"}));
  target_.psql(
      "alter table app.log alter v type varchar(100); insert into app.b values (1);"
      "alter table app.log enable always trigger meddle;"
      "alter table app.parted_1 add constraint own foreign key (id) references app.b");
  const support::Haul refused = run("plan", {"--data-only"});
  expect(3, refused);
  for (const char* code : {"different_columns", "rows_on_target", "triggers_fire", "unknown_foreign_key"}) {
    EXPECT_TRUE(names(refused, "findings", code)) << code << " in " << refused.report["findings"].dump(1);
  }
  EXPECT_FALSE(names(refused, "findings", "target_not_empty"));
}

TEST_F(Parts, DataIsResumed) {
  if (support::needs_superuser())
    GTEST_SKIP() << "needs a superuser: session_replication_role, which --data-only wants for foreign keys";
  expect(0, run("copy", {"--schema-only"}));
  target_.psql("alter table app.log add constraint own check (id < 1500)");
  expect(5, run("copy", {"--data-only"}));
  target_.psql("alter table app.log drop constraint own");
  const support::Haul resumed = run("copy", {"--data-only", "--resume"});
  expect(0, resumed);
  EXPECT_FALSE(resumed.report.value("partial", false)) << resumed.report["left_out"];
  expect(0, run("verify", {}));
}

TEST_F(Parts, DataThatBeginsAnewFindsEmptyTables) {
  if (support::needs_superuser())
    GTEST_SKIP() << "needs a superuser: session_replication_role, which --data-only wants for foreign keys";
  expect(0, run("copy", {"--schema-only"}));
  target_.psql("alter table app.log add constraint own check (id < 1500)");
  expect(5, run("copy", {"--data-only"}));
  target_.psql("alter table app.log drop constraint own");
  source_.psql("update app.log set v = 'other' where id = 1; update app.b set a = 1 where id = 2");
  expect(0, run("copy", {"--data-only", "--resume", "--new-snapshot"}));
  expect(0, run("verify", {}));
}

TEST_F(Parts, DefinitionsOfTheTargetsOwnAreNamed) {
  if (support::needs_superuser())
    GTEST_SKIP() << "needs a superuser: session_replication_role, which --data-only wants for foreign keys";
  expect(0, run("copy", {"--schema-only"}));
  target_.psql("create index own on app.log (v)");
  const support::Haul data = run("copy", {"--data-only"});
  expect(0, data);
  EXPECT_TRUE(names(data, "left_out", "own")) << data.report["left_out"];
}

TEST_F(Parts, RowsOfTablesAreLeftOut) {
  const std::vector<std::string> options = {"--exclude-table-data", "app.log", "--exclude-table-data",
                                            "app.parted_?"};
  const support::Haul copied = run("copy", options);
  expect(0, copied);
  EXPECT_TRUE(copied.report.value("partial", false));
  for (const char* left_out :
       {"rows of table app.log", "rows of table app.parted_2", "constraint refers_log_fkey of app.refers"}) {
    EXPECT_TRUE(names(copied, "left_out", left_out)) << copied.report["left_out"].dump(1);
  }
  EXPECT_EQ(rows(), "0|100|100|2|0|1");
  EXPECT_EQ(target_.psql("select logs from app.numbers"), "0");
  expect(0, run("verify", options));
  expect(6, run("verify", {}));
}

TEST_F(Parts, RowsLeftOutOfAnArchiveStayOut) {
  expect(0, support::haul({"copy", "--exclude-table-data", "app.log", source_.uri(), archive()}));
  const support::Haul copied = run("copy", {"--exclude-table-data", "app.parted_2"}, archive());
  expect(0, copied);
  EXPECT_TRUE(names(copied, "left_out", "rows of table app.log")) << copied.report["left_out"].dump(1);
  EXPECT_EQ(rows(), "0|100|100|2|49|1");
}

TEST_F(Parts, RowsAreChosenByACondition) {
  const std::vector<std::string> options = {"--where",
                                            "app.log=id in (select log from app.refers) or id > 1990",
                                            "--where", "app.parted_2=id % 2 = 0"};
  expect(0, run("plan", options));
  const support::Haul copied = run("copy", options);
  expect(0, copied);
  EXPECT_TRUE(names(copied, "left_out", "other rows of table app.log")) << copied.report["left_out"].dump(1);
  EXPECT_EQ(rows(), "12|100|100|2|74|1");
  expect(0, run("verify", options));
  target_.psql("insert into app.log values (5, 'mine')");
  expect(6, run("verify", options));
}

TEST_F(Parts, ConditionsAreCheckedBeforeAnythingIsTouched) {
  for (const char* condition : {"app.log=id", "app.log=true) or (true", "app.log=id = 1 --",
                                "app.log=nothing = 1", "app.nothing=true", "app.log"}) {
    const support::Haul refused = run("copy", {"--where", condition});
    EXPECT_EQ(refused.exit_status, 2) << condition << refused.err;
    EXPECT_NE(refused.err.find("--where"), std::string::npos) << refused.err;
  }
  EXPECT_EQ(target_.psql("select count(*) from pg_namespace where nspname = 'app'"), "0");
}

/// The target's role may not set session_replication_role.
TEST_F(Parts, DataOfAnOrdinaryRoleNeedsARightWhereForeignKeysStand) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: its own ordinary role is made";
  const std::string role = target_.name() + "_owner";
  support::shared_target().psql("postgres", "create role " + role + " login");
  target_.psql("grant create on database " + target_.name() + " to " + role);
  expect(0, run("copy", {"--schema-only", "-x"}));
  target_.psql("grant usage on schema app to " + role + "; grant all on all tables in schema app to " + role);
  target_.psql("alter materialized view app.numbers owner to " + role +
               "; alter materialized view app.above owner to " + role);
  const std::vector<std::string> options = {"--data-only", "--target-role", role, "-B"};
  const support::Haul refused = run("copy", options);
  expect(3, refused);
  EXPECT_NE(refused.err.find("GRANT SET ON PARAMETER session_replication_role"), std::string::npos);
  support::shared_target().psql("postgres", "grant set on parameter session_replication_role to " + role);
  const support::Haul no_sequences = run("copy", options);
  expect(3, no_sequences);
  EXPECT_TRUE(names(no_sequences, "findings", "no_right_to_fill")) << no_sequences.err;
  target_.psql("grant all on all sequences in schema app to " + role);
  expect(0, run("copy", options));
  EXPECT_EQ(rows(), "2000|100|100|2|99|0");
  support::shared_target().psql("postgres", "revoke set on parameter session_replication_role from " + role);
  target_.psql("drop owned by " + role);
  support::shared_target().psql("postgres", "drop role " + role);
}

}  // namespace
}  // namespace pghaul::fidelity
