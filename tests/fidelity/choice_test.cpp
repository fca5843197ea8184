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

/// A role of the source alone.
class OnlyThere {
 public:
  OnlyThere() { support::shared_source().psql("postgres", "create role fidelity_only_there"); }
  ~OnlyThere() { support::shared_source().psql("postgres", "drop role fidelity_only_there"); }
  OnlyThere(const OnlyThere&) = delete;
  OnlyThere& operator=(const OnlyThere&) = delete;
};

TEST(ChoiceOfObjects, WantsOnlyTheRolesAndExtensionsThatTheChosenNeed) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: objects of others";
  const OnlyThere role;
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  source.psql(R"(
    create schema app; create table app.t (id int primary key); insert into app.t values (1);
    create schema other authorization fidelity_only_there;
    create table other.owned (id int); alter table other.owned owner to fidelity_only_there;
    create table other.granted (id int); grant select on other.granted to fidelity_only_there;
    create table public.column_granted (id int); grant select (id) on column_granted to fidelity_only_there;
    create table public.guarded (id int);
    create policy p on guarded to fidelity_only_there using (true);)");
  const auto rc = [&](std::vector<std::string> choice) {
    choice.insert(choice.begin(), {"copy", "--confirm", target.name(), source.uri(), target.uri()});
    const support::Haul run = support::haul(std::move(choice));
    const bool lacks_role = run.err.find("fidelity_only_there") != std::string::npos;
    EXPECT_EQ(run.exit_status == 3, lacks_role) << run.err;
    return run.exit_status;
  };
  EXPECT_EQ(rc({}), 3);
  EXPECT_EQ(rc({"-n", "other"}), 3);
  EXPECT_EQ(rc({"-t", "public.column_granted"}), 3);
  EXPECT_EQ(rc({"-t", "public.guarded"}), 3);
  EXPECT_EQ(rc({"-n", "app"}), 0);
  EXPECT_EQ(rc({"-N", "other", "-T", "public.*"}), 0);
  EXPECT_EQ(target.psql("select id from app.t"), "1");
}

/// A database with something that belongs to no schema: a large object, and a setting of its own.
class ChoiceBesideSchemas : public testing::Test {
 protected:
  ChoiceBesideSchemas() {
    source_.psql(
        "create schema scratch; create table scratch.junk (id int); create table t (id int primary key);"
        "insert into t values (1); select lo_from_bytea(7001, 'abc');"
        "select format('alter database %I set work_mem = ''7MB''', current_database()) \\gexec");
  }
  ~ChoiceBesideSchemas() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string archive() const { return "archive:" + folder_; }

  /// Tells whether the large object and the setting have been copied, and what the report names otherwise.
  std::string after(const std::string& from, std::vector<std::string> choice) {
    choice.insert(choice.begin(), {"copy", "--confirm", target_.name(), from, target_.uri()});
    const support::Haul run = support::haul(choice);
    EXPECT_EQ(run.exit_status, 0) << run.err;
    std::string text = target_.psql(
        "select (select count(*) from pg_largeobject_metadata) || ' ' || (select count(*) from"
        " pg_db_role_setting where setdatabase = (select oid from pg_database where datname ="
        " current_database()))");
    for (const auto& one : run.report["left_out"]) text += ", without " + std::string(one["object"]);
    return text;
  }

  const support::Database source_{support::shared_source()};
  const support::Database target_{support::shared_target()};
  const std::string folder_ = testing::TempDir() + source_.name();
};

constexpr const char* kNeither = "0 0, without 1 large object, without setting of the database: work_mem";

TEST_F(ChoiceBesideSchemas, IsPgDumps) {
  EXPECT_EQ(after(source_.uri(), {"-n", "public"}), kNeither);
  EXPECT_EQ(after(source_.uri(), {"-t", "t"}), kNeither);
  EXPECT_EQ(after(source_.uri(), {"-n", "public", "-b"}), "1 0, without setting of the database: work_mem");
  EXPECT_EQ(after(source_.uri(), {"-N", "scratch"}), "1 1");
  EXPECT_EQ(target_.psql("select lo_get(7001)"), "\\x616263");
  EXPECT_EQ(after(source_.uri(), {"-T", "scratch.*"}), "1 1");
  EXPECT_EQ(after(source_.uri(), {"-N", "scratch", "-B"}), "0 1, without 1 large object");
}

TEST_F(ChoiceBesideSchemas, IsPgDumpsByWayOfAnArchive) {
  const support::Haul stored = support::haul({"copy", "-N", "scratch", source_.uri(), archive()});
  ASSERT_EQ(stored.exit_status, 0) << stored.err;
  EXPECT_EQ(after(archive(), {"-n", "public"}), kNeither);
  EXPECT_EQ(after(archive(), {"-n", "public", "-b"}), "1 0, without setting of the database: work_mem");
  EXPECT_EQ(after(archive(), {}), "1 1");
  EXPECT_EQ(after(archive(), {"-T", "scratch.*"}), "1 1");
}

}  // namespace
}  // namespace pghaul::fidelity
