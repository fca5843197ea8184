#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fidelity/copy.h"
#include "fidelity/hostile_database.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

using Options = std::vector<std::string>;

std::string without_indexes(const std::string& query) {
  return "SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off;" + query;
}

std::string by_index(const std::string& query) {
  return "SET enable_seqscan = off;" + query;
}

TEST(Order, BuildsIndexesWhenTheTablesThatTheirFunctionsReadAreFilled) {
  const support::Database source(support::shared_source());
  fill(source, "reading");
  for (const Options& options : {Options{}, Options{"--jobs", "1"}, Options{"--open-after", "keys"}}) {
    const support::Database target(support::shared_target());
    ASSERT_TRUE(copied(source, target, options));
    for (const std::string condition : {"reading.aa_orders WHERE amount * reading.rate(code) = 20",
                                        "reading.aa_orders WHERE reading.rate(code) > 10",
                                        "reading.aa_orders WHERE code OPERATOR(reading.===) 'c10'",
                                        "reading.aa_parts WHERE reading.rate(code) = 7"}) {
      const std::string query = "SELECT count(*) FROM " + condition;
      EXPECT_EQ(target.psql(by_index(query)), source.psql(without_indexes(query))) << condition;
    }
  }
}

class UnderRowSecurity : public testing::TestWithParam<Options> {};

TEST_P(UnderRowSecurity, AMaterializedViewShowsWhatItsOwnerMaySee) {
  prepare(support::shared_source());
  prepare(support::shared_target());
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  source.psql(
      "CREATE TABLE acc (id int PRIMARY KEY, who name, v text);"
      "INSERT INTO acc VALUES (1, 'fidelity_owner', 'mine'), (2, 'boss', 'secret');"
      "ALTER TABLE acc ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON acc USING (who = current_user);"
      "GRANT SELECT ON acc TO fidelity_owner; GRANT CREATE ON SCHEMA public TO fidelity_owner;"
      "SET ROLE fidelity_owner; CREATE MATERIALIZED VIEW mine AS SELECT * FROM acc; CREATE INDEX ON mine "
      "(id);");
  ASSERT_TRUE(copied(source, target, GetParam()));
  EXPECT_EQ(target.psql("SELECT v FROM mine"), source.psql("SELECT v FROM mine"));
  EXPECT_EQ(differences(source, target), "");
}

/// Runs as a role that row security binds: no superuser, and an owner for whom it is forced.
std::string as_bound_role(const support::Database& database) {
  std::string uri = database.uri();
  return uri.replace(uri.find("postgres@"), std::string("postgres").size(), "fidelity_bound");
}

TEST_P(UnderRowSecurity, ARoleThatItBindsCopiesAllRows) {
  if (support::needs_superuser())
    GTEST_SKIP() << "needs a superuser: objects of a role that it is no member of";
  for (const support::Cluster* server : {&support::shared_source(), &support::shared_target()}) {
    server->psql(
        "postgres",
        "DO $$ BEGIN CREATE ROLE fidelity_bound LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  }
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target(), "owner fidelity_bound");
  source.psql(
      "GRANT CREATE ON SCHEMA public TO fidelity_bound; SET ROLE fidelity_bound;"
      "CREATE TABLE acc (id int PRIMARY KEY, who name, v text);"
      "INSERT INTO acc VALUES (1, 'fidelity_bound', 'mine'), (2, 'boss', 'secret');"
      "ALTER TABLE acc ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
      "CREATE POLICY own ON acc USING (who = current_user);"
      "CREATE TABLE refers (id int REFERENCES acc); RESET ROLE; INSERT INTO refers VALUES (1), (2);"
      "SET ROLE fidelity_bound; CREATE FUNCTION v_of(int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS"
      " 'BEGIN RETURN (SELECT v FROM public.acc WHERE id = $1); END';"
      "CREATE INDEX ON refers (v_of(id)); CREATE MATERIALIZED VIEW mine AS SELECT * FROM acc;"
      "CREATE INDEX ON mine (id);");
  std::vector<std::string> arguments = {"copy",       source.uri(), as_bound_role(target),
                                        "--progress", "none",       "--no-acl"};
  arguments.insert(arguments.end(), GetParam().begin(), GetParam().end());
  const support::Haul done = support::haul(arguments);
  ASSERT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(target.psql("SELECT count(*) FROM acc"), source.psql("SELECT count(*) FROM acc"));
  EXPECT_EQ(target.psql("SELECT v FROM mine"), source.psql("SELECT v FROM mine"));
}

INSTANTIATE_TEST_SUITE_P(Order, UnderRowSecurity,
                         testing::Values(Options{}, Options{"--open-after", "data"},
                                         Options{"--open-after", "keys"},
                                         Options{"--open-after", "constraints"}));

}  // namespace
}  // namespace pghaul::fidelity
