#include <gtest/gtest.h>

#include <iostream>
#include <random>
#include <string>

#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/fault_proxy.h"
#include "support/pghaul.h"
#include "support/repetitions.h"
#include "support/seed.h"

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

/// A bit is changed anywhere in what goes to the target: protocol, statements, rows.
TEST_F(Corruption, OfAnyBitNeverPassesForVerified) {
  std::mt19937_64 random(support::seed_of_this_run());
  const auto copy = [&](FaultProxy& proxy, const support::Database& target) {
    return support::haul({"copy", source_.uri(), proxy.uri(target.name()), "--progress", "none",
                          "--stall-after", "2", "--retry-for", "2"});
  };
  std::uint64_t whole = 0;
  {
    const support::Database target(support::shared_target());
    ASSERT_EQ(copy(proxy_, target).exit_status, 0);
    whole = proxy_.bytes(Way::to_server);
  }
  const int rounds = support::repetitions("PGHAUL_TEST_ROUNDS", 3);
  int equal = 0;
  int found = 0;
  int failed = 0;
  for (int round = 0; round < rounds && !HasFailure(); ++round) {
    const support::Database target(support::shared_target());
    FaultProxy proxy(support::shared_target());
    const std::uint64_t byte = std::uniform_int_distribution<std::uint64_t>(0, whole - 1)(random);
    SCOPED_TRACE("byte " + std::to_string(byte) + " of " + std::to_string(whole));
    proxy.at(Way::to_server, byte, FaultProxy::Effect::flip);
    const support::Haul run = copy(proxy, target);
    if (run.exit_status == 0) {
      ++equal;
      EXPECT_EQ(fidelity::differences(source_, target), "");
    } else {
      ++(run.exit_status == 6 ? found : failed);
      EXPECT_NE(run.report.value("status", ""), "verified");
      EXPECT_LT(run.exit_status, 7) << run.err;
    }
  }
  std::cout << rounds << " bits: " << found << " found as differences, " << failed << " ended a copy, "
            << equal << " copies equal all the same\n";
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
