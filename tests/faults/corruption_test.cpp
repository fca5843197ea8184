#include <gtest/gtest.h>

#include <string>

#include "support/cluster.h"
#include "support/database.h"
#include "support/fault_proxy.h"
#include "support/pghaul.h"

namespace pghaul {
namespace {

using support::FaultProxy;
using Way = FaultProxy::Way;

/// A row is changed between pghaul and the target, in such a way that COPY does not mind. The digest is taken
/// when rows come from the source, and of what the target gives back.
class Corruption : public testing::Test {
 protected:
  Corruption() {
    source_.psql(
        "create table plain (id int, words text);"
        "insert into plain select i, 'some words' from generate_series(1, 5000) i;"
        "create table ledger (id int primary key, words text);"
        "insert into ledger select i, case i when 3210 then 'the amount is 100' else 'nothing' end"
        " from generate_series(1, 5000) i;"
        "create table texts (id int, config regconfig, words text);"  // goes as text
        "insert into texts values (1, 'english', 'the colour is red');");
  }
  /// The only table that differs.
  void expect_difference_in(const std::string& table) {
    const support::Haul run =
        support::haul({"copy", source_.uri(), proxy_.uri(target_.name()), "--progress", "none"});
    EXPECT_EQ(run.exit_status, 6) << run.err;
    EXPECT_EQ(proxy_.effects_left(), 0u) << "the row never came by";
    EXPECT_NE(run.err.find(table), std::string::npos) << run.err;
    EXPECT_EQ(run.report["status"], "mismatch");
    const nlohmann::json mismatches = run.report["verification"]["mismatches"];
    ASSERT_EQ(mismatches.size(), 1u) << mismatches;
    EXPECT_EQ(mismatches[0].value("object", ""), table);
  }

  const support::Database source_{support::shared_source()};
  const support::Database target_{support::shared_target()};
  FaultProxy proxy_{support::shared_target()};
};

TEST_F(Corruption, OnTheWayToTheTargetIsFound) {
  proxy_.replace_in_rows(Way::to_server, "the amount is 100", "the amount is 900");
  expect_difference_in("public.ledger");
  EXPECT_EQ(target_.psql("select words from ledger where id = 3210"), "the amount is 900");
}

TEST_F(Corruption, OfRowsThatGoAsTextIsFound) {
  proxy_.replace_in_rows(Way::to_server, "the colour is red", "the colour is tan");
  expect_difference_in("public.texts");
}

TEST_F(Corruption, OfWhatTheTargetGivesBackIsFound) {
  proxy_.replace_in_rows(Way::to_client, "the amount is 100", "the amount is 900");
  expect_difference_in("public.ledger");
  EXPECT_EQ(target_.psql("select words from ledger where id = 3210"), "the amount is 100");
}

TEST_F(Corruption, OfALargeObjectIsFound) {
  source_.psql("select lo_from_bytea(42, 'worth a thousand')");
  proxy_.replace_in_rows(Way::to_server, "worth a thousand", "worth a hundred!");
  const support::Haul run =
      support::haul({"copy", source_.uri(), proxy_.uri(target_.name()), "--progress", "none"});
  EXPECT_EQ(run.exit_status, 6) << run.err;
  EXPECT_NE(run.err.find("large objects"), std::string::npos) << run.err;
}

TEST_F(Corruption, AtRestIsFoundLater) {
  ASSERT_EQ(support::haul({"copy", source_.uri(), target_.uri(), "--progress", "none"}).exit_status, 0);
  target_.psql("update ledger set words = 'the amount is 900' where id = 3210");
  const support::Haul run = support::haul({"verify", source_.uri(), target_.uri(), "--progress", "none"});
  EXPECT_EQ(run.exit_status, 6) << run.err;
  EXPECT_NE(run.err.find("public.ledger"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace pghaul
