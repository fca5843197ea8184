#include <gtest/gtest.h>

#include <string>

#include "server/two_databases.h"
#include "support/pghaul.h"

namespace pghaul {
namespace {

class Verify : public TwoDatabases {
 protected:
  support::Haul verify() const { return support::haul({"verify", source.uri(), target.uri()}); }
};

TEST_F(Verify, AcceptsACopyThatSomebodyElseMade) {
  fill_both("create table t (a int, b text); insert into t select i, i::text from generate_series(1, 500) i");
  const support::Haul run = verify();
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(run.report["status"], "verified");
  EXPECT_EQ(run.report["verification"]["rows"], 500);
}

TEST_F(Verify, DoesNotMindTheOrderOfRowsNorOfColumns) {
  source.psql("create table t (a int, b text); insert into t select i, i::text from generate_series(1, 9) i");
  target.psql(
      "create table t (b text, a int); insert into t select i::text, i from generate_series(9, 1, -1) i");
  EXPECT_EQ(verify().exit_status, 0);
}

TEST_F(Verify, NamesTheTableInWhichOneValueDiffers) {
  fill_both(
      "create table same (a int); create table other (a int, b text);"
      "insert into other select i, 'x' from generate_series(1, 100) i");
  target.psql("update other set b = null where a = 50");
  const support::Haul run = verify();
  EXPECT_EQ(run.exit_status, 6) << run.err;
  ASSERT_EQ(run.report["verification"]["mismatches"].size(), 1U) << run.report;
  EXPECT_EQ(run.report["verification"]["mismatches"][0]["object"], "public.other");
}

TEST_F(Verify, SeesARowThatIsThereTwice) {
  fill_both("create table t (a int); insert into t values (1), (2)");
  source.psql("insert into t values (3), (3)");
  target.psql("insert into t values (4), (4)");
  EXPECT_EQ(verify().exit_status, 6);
}

TEST_F(Verify, NamesTablesOnOneSideOnly) {
  fill_both("create table on_both (a int)");
  source.psql("create table only_source (a int)");
  target.psql("create table only_target (a int)");
  const support::Haul run = verify();
  EXPECT_EQ(run.exit_status, 6) << run.err;
  EXPECT_EQ(run.report["verification"]["mismatches"].size(), 2U) << run.report;
}

TEST_F(Verify, SeesALargeObjectThatDiffers) {
  fill_both("select lo_from_bytea(77, 'same'), lo_from_bytea(78, 'same')");
  target.psql("select lo_put(78, 0, 'S')");
  const support::Haul run = verify();
  EXPECT_EQ(run.exit_status, 6) << run.err;
  EXPECT_EQ(run.report["verification"]["mismatches"][0]["object"], "large objects");
}

TEST_F(Verify, CannotVerifyWhatItCannotReach) {
  EXPECT_EQ(support::haul({"verify", source.uri(), target.uri() + "_missing"}).exit_status, 4);
}

}  // namespace
}  // namespace pghaul
