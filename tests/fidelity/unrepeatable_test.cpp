#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"
#include "support/versions.h"

namespace pghaul::fidelity {
namespace {

class Unrepeatable : public testing::Test {
 protected:
  [[nodiscard]] support::Haul plan(std::vector<std::string> options = {}) const {
    options.insert(options.begin(), {"plan", source_.uri(), target_.uri()});
    return support::haul(options);
  }
  static bool names(const support::Haul& planned, const std::string& code, const std::string& object) {
    for (const nlohmann::json& finding : planned.report["findings"]) {
      if (finding["code"] == code && finding["object"].get<std::string>().find(object) != std::string::npos)
        return true;
    }
    return false;
  }

  const support::Database source_{support::shared_source()};
  const support::Database target_{support::shared_target()};
};

TEST_F(Unrepeatable, ExpressionsOfFunctionsThatAreNotImmutableAnyMoreAreForeseen) {
  source_.psql(R"(
    create function twice(int) returns int immutable language plpgsql as 'begin return $1 * 2; end';
    create table t (i int, g int generated always as (twice(i)) stored);
    create index by_twice on t (twice(i));
    create function inlined(int) returns int language sql as 'select $1 + 1';
    create index by_inlined on t (inlined(i));
    create table parts (i int) partition by range (twice(i));
    create index fine on t (i) where abs(i) > 1)");
  EXPECT_EQ(plan().exit_status, 0);
  source_.psql("alter function twice(int) stable");
  const support::Haul planned = plan();
  EXPECT_EQ(planned.exit_status, 3) << planned.err;
  EXPECT_TRUE(names(planned, "mutable_expression", "index public.by_twice")) << planned.report["findings"];
  EXPECT_TRUE(names(planned, "mutable_expression", "column g of public.t"));
  EXPECT_TRUE(names(planned, "mutable_expression", "partition key of public.parts"));
  EXPECT_FALSE(names(planned, "mutable_expression", "fine"));
  EXPECT_EQ(plan({"-T", "t", "-T", "parts"}).exit_status, 0) << "what is left out does not matter";
}

TEST_F(Unrepeatable, ValuesTooLargeForAPlainColumnAreForeseen) {
  source_.psql(R"(
    create table t (i int, v text);
    alter table t alter v set storage external;
    insert into t values (1, repeat('x', 9000));
    alter table t alter v set storage plain)");
  const support::Haul planned = plan();
  EXPECT_EQ(planned.exit_status, 3) << planned.err;
  EXPECT_TRUE(names(planned, "plain_storage", "public.t")) << planned.report["findings"];
  source_.psql("update t set v = 'short'");
  EXPECT_EQ(plan().exit_status, 0);
}

TEST_F(Unrepeatable, ObjectsOfAnOlderVersionAreFoundByTryingTheSchema) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: objects of one, and a scratch database";
  const support::Version version = support::find_version(13);
  if (version.server_bin.empty()) GTEST_SKIP() << version.missing;
  const support::Cluster older({.settings = {}, .bin_dir = version.server_bin, .standby_of = {}});
  older.psql("postgres",
             "create aggregate all_of(anyelement) (sfunc = array_append, stype = anyarray, initcond = '{}');"
             "create table t (i int primary key); create view v as select all_of(i) from t;"
             "create publication p for table t");
  const auto of_older = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"plan", older.uri("postgres"), target_.uri()});
    return support::haul(options, {{"PATH", support::path_with_fetched_clients()}});
  };
  EXPECT_EQ(of_older({}).exit_status, 0);
  const support::Haul tried = of_older({"--try-schema"});
  EXPECT_EQ(tried.exit_status, 3) << tried.err;
  EXPECT_TRUE(names(tried, "not_restorable", "all_of")) << tried.report["findings"];
  EXPECT_TRUE(names(tried, "not_restorable", "VIEW public.v")) << "it needs the aggregate";
  EXPECT_FALSE(names(tried, "not_restorable", "TABLE"));
  EXPECT_EQ(support::shared_target().psql(
                "postgres",
                "select count(*) from pg_database where shobj_description(oid, 'pg_database') like"
                " '%for the database " +
                    target_.name() + ";%'"),
            "0")
      << "the scratch database is gone";
  EXPECT_EQ(target_.psql("select count(*) from pg_class where relnamespace = 'public'::regnamespace"), "0");
}

}  // namespace
}  // namespace pghaul::fidelity
