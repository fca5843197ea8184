#include "plan/moved_rows.h"

#include <gtest/gtest.h>

#include <string>

#include "base/units.h"
#include "plan/make_plan.h"
#include "plan/verify_plan.h"
#include "support/catalog_builder.h"
#include "support/graphs.h"

namespace pghaul::plan {
namespace {

using catalog::Oid;
using catalog::PartitionKey;
using catalog::Place;
using support::CatalogBuilder;
using support::locks_on;
using support::tasks_for;
using support::waits_for;

constexpr Oid kBigint = 20;
constexpr Oid kText = 25;
constexpr Oid kFloat8 = 701;
constexpr Oid kRegclass = 2205;

/// One partitioned table with two partitions, and what its key may consist of.
class MovedRowsTest : public testing::Test {
 protected:
  MovedRowsTest()
      : target_(support::empty_target()),
        parent_(source_.partitioned("moods")),
        leaves_{source_.partition("moods_0", parent_), source_.partition("moods_1", parent_, 1_MiB)} {}

  Oid mood() { return source_.type({.name = {"public", "mood"}, .kind = 'e', .has_binary_io = true}); }
  void partition_by(char strategy, PartitionKey::Column column) {
    source_.relation(parent_).partition_key = {.strategy = strategy, .columns = {column}};
  }
  [[nodiscard]] bool moves() const {
    return !moves_rows(source_.catalog.relations[parent_], source_.catalog, &target_).empty();
  }

  CatalogBuilder source_;
  catalog::Server target_;
  Place parent_;
  std::vector<Place> leaves_;
};

TEST_F(MovedRowsTest, HashesOfEnumsAreThoseOfOids) {
  const Oid enumeration = mood();
  const Oid array = source_.type({.name = {"public", "_mood"}, .part = enumeration, .is_array = true});
  const Oid domain = source_.type({.name = {"public", "feeling"}, .kind = 'd', .part = array});
  const Oid composite = source_.type({.name = {"public", "pair"}, .kind = 'c', .attributes = {20, domain}});
  for (const Oid type : {enumeration, array, domain, composite}) {
    partition_by('h', {.type = type});
    EXPECT_TRUE(moves()) << type;
    for (const char strategy : {'l', 'r'}) {
      partition_by(strategy, {.type = type});
      EXPECT_FALSE(moves()) << strategy << " " << type;
    }
  }
  partition_by('h', {.type = 3500});  // an expression over an enum
  EXPECT_TRUE(moves());
}

TEST_F(MovedRowsTest, ObjectsAreHashedAndSortedByTheirOids) {
  partition_by('h', {.type = kRegclass});
  EXPECT_TRUE(moves());
  partition_by('r', {.type = kRegclass});
  EXPECT_TRUE(moves());
  partition_by('l', {.type = kRegclass});
  EXPECT_FALSE(moves());
}

TEST_F(MovedRowsTest, HashesOfTextsDependOnTheEncodingOnly) {
  partition_by('h', {.type = kText, .collation = 'd'});
  target_.locale = "i/de";
  EXPECT_FALSE(moves());
  partition_by('h', {.type = kText, .collation = 'l', .deterministic = false});
  EXPECT_FALSE(moves());
  target_.collation_libraries = "i 153.14";
  EXPECT_TRUE(moves());
  partition_by('h', {.type = kText, .collation = 'b'});
  EXPECT_FALSE(moves());
  target_.encoding = "LATIN1";
  EXPECT_TRUE(moves());
  partition_by('h', {.type = kBigint});
  EXPECT_FALSE(moves());
}

TEST_F(MovedRowsTest, RangesOfTextsDependOnTheCollation) {
  for (const char collation : {'d', 'b', 'l'}) {
    partition_by('r', {.type = kText, .collation = collation});
    EXPECT_FALSE(moves()) << collation;
  }
  target_.locale = "i/de";
  EXPECT_FALSE(moves());  // of the library
  partition_by('r', {.type = kText, .collation = 'd'});
  EXPECT_TRUE(moves());
  target_.locale = source_.catalog.server.locale = "";  // neither can tell
  EXPECT_TRUE(moves());
  partition_by('r', {.type = kText, .collation = 'b'});
  EXPECT_FALSE(moves());
  target_.encoding = "EUC_JP";
  EXPECT_TRUE(moves());
  partition_by('r', {.type = kBigint});
  EXPECT_FALSE(moves());
}

TEST_F(MovedRowsTest, ListsOfTextsDependOnACollationThatEquatesDifferentOnes) {
  target_.locale = "i/de";
  partition_by('l', {.type = kText, .collation = 'd'});
  EXPECT_FALSE(moves());
  partition_by('l', {.type = kText, .collation = 'l', .deterministic = false});
  EXPECT_FALSE(moves());
  target_.collation_libraries = "";
  EXPECT_TRUE(moves());
}

TEST_F(MovedRowsTest, FloatsHashAlikeSinceNaNHasOneHash) {
  partition_by('h', {.type = kFloat8});
  EXPECT_FALSE(moves());
  source_.catalog.server.version = 130000;
  EXPECT_TRUE(moves());
  partition_by('r', {.type = kFloat8});
  EXPECT_FALSE(moves());
}

TEST_F(MovedRowsTest, ServersThatHashDifferentlyMoveRowsOfHashPartitionsOnly) {
  target_.hash_sample = "another";
  partition_by('h', {.type = kBigint});
  EXPECT_TRUE(moves());
  partition_by('r', {.type = kBigint});
  EXPECT_FALSE(moves());
}

TEST_F(MovedRowsTest, TypesOfUsersAndExtensionsMayCompareDifferently) {
  const Oid own = source_.type({.name = {"public", "money2"}, .has_binary_io = true});
  const Oid citext =
      source_.type({.name = {"public", "citext"}, .has_binary_io = true, .extension = "citext"});
  source_.catalog.server.extensions = {{"citext", "1.6"}};
  target_.available_extensions = {{"citext", "1.6"}};
  for (const char strategy : {'h', 'l', 'r'}) {
    partition_by(strategy, {.type = own, .own_operators = true});
    EXPECT_TRUE(moves()) << strategy;
    partition_by(strategy, {.type = kBigint, .own_operators = true});
    EXPECT_TRUE(moves()) << strategy;
    partition_by(strategy, {.type = citext, .collation = 'd', .own_operators = true});
    EXPECT_FALSE(moves()) << strategy;
  }
  target_.available_extensions = {{"citext", "1.5"}};
  EXPECT_TRUE(moves());
  target_.available_extensions = {{"citext", "1.6"}};
  target_.locale = "i/de";
  EXPECT_TRUE(moves());
}

TEST_F(MovedRowsTest, ExpressionsDependOnTheLocaleAndOnFunctions) {
  partition_by('l', {.type = kText, .collation = 'd'});
  source_.relation(parent_).partition_key.computed = true;
  EXPECT_FALSE(moves());
  source_.relation(parent_).partition_key.calls_functions = true;
  EXPECT_TRUE(moves());
  source_.relation(parent_).partition_key.calls_functions = false;
  target_.locale = "i/de";
  EXPECT_TRUE(moves());
}

TEST_F(MovedRowsTest, AKeyThatNobodyKnowsIsNotTrusted) {
  source_.relation(parent_).partition_key = {};
  EXPECT_TRUE(moves());
}

TEST_F(MovedRowsTest, TheTopmostTableThatMovesThemTakesTheRows) {
  const Place top = source_.partitioned("top");
  const Place safe = source_.partition("safe", top);
  source_.relation(parent_).parent = source_.relation(top).oid;
  const Place below = source_.partitioned("below", parent_);
  const Place leaf = source_.partition("leaf", below);
  const Oid enumeration = mood();
  partition_by('h', {.type = enumeration});
  source_.relation(below).partition_key = {.strategy = 'h', .columns = {{.type = enumeration}}};
  const MovedRows moved(source_.catalog, &target_, Relatives(source_.catalog));
  for (const Place member : {leaves_[0], leaves_[1], below, leaf}) EXPECT_EQ(moved.trees[member], parent_);
  for (const Place other : {top, safe, parent_}) EXPECT_EQ(moved.trees[other], catalog::kNone);
}

TEST_F(MovedRowsTest, NoRowGoesWhereAForeignTableMightTakeIt) {
  partition_by('h', {.type = mood()});
  source_.relation(leaves_[0]).kind = 'f';
  const MovedRows moved(source_.catalog, &target_, Relatives(source_.catalog));
  EXPECT_EQ(moved.trees[leaves_[1]], catalog::kNone);
}

class PlanByWayOfTheParent : public MovedRowsTest {
 protected:
  PlanByWayOfTheParent() {
    partition_by('h', {.type = mood()});
    for (const Place leaf : leaves_) indexes_.push_back(source_.index(leaf));
  }
  std::vector<Place> indexes_;
};

TEST_F(PlanByWayOfTheParent, CopiesLeavesBesideEachOtherAndWaitsForAllOfThem) {
  const TaskGraph graph = make_plan(source_.catalog, &target_, {.jobs = 2}).graph;
  std::vector<TaskId> copies;
  for (const Place leaf : leaves_) {
    const std::vector<TaskId> copy = tasks_for(graph, TaskKind::copy, leaf);
    ASSERT_EQ(copy.size(), 1U);
    EXPECT_EQ(locks_on(graph.tasks[copy[0]], parent_), std::vector{LockMode::row_exclusive});
    EXPECT_TRUE(locks_on(graph.tasks[copy[0]], leaf).empty());
    copies.push_back(copy[0]);
  }
  for (const TaskId copy : copies) {
    EXPECT_TRUE(graph.tasks[copy].after.empty());
    for (std::size_t leaf = 0; leaf < leaves_.size(); ++leaf) {
      EXPECT_TRUE(waits_for(graph, tasks_for(graph, TaskKind::index, indexes_[leaf]).at(0), copy));
      EXPECT_TRUE(waits_for(graph, tasks_for(graph, TaskKind::read_back, leaves_[leaf]).at(0), copy));
    }
  }
}

TEST_F(PlanByWayOfTheParent, LeavesOtherTreesAsTheyAre) {
  const Place other = source_.partitioned("days");
  const Place day = source_.partition("days_1", other, 1_MiB);
  const Plan plan = make_plan(source_.catalog, &target_, {.jobs = 2});
  const TaskId copy = tasks_for(plan.graph, TaskKind::copy, day).at(0);
  EXPECT_EQ(locks_on(plan.graph.tasks[copy], day), std::vector{LockMode::access_exclusive});
  for (const TablePlan& table : plan.tables) {
    EXPECT_EQ(table.written_once(), table.relation == day);
    EXPECT_EQ(table.tree, table.relation == day ? catalog::kNone : parent_);
  }
}

TEST_F(PlanByWayOfTheParent, NoStatisticsOfAPartitionAreCarried) {
  target_.version = 180000;
  for (const Place leaf : leaves_) {
    source_.relation(leaf).has_statistics = true;
    source_.relation(leaf).estimated_rows = 1e6;
  }
  const TaskGraph graph = make_plan(source_.catalog, &target_, {.jobs = 2}).graph;
  for (const Place leaf : leaves_) EXPECT_EQ(tasks_for(graph, TaskKind::analyze, leaf).size(), 1U);
}

TEST_F(PlanByWayOfTheParent, ComparesTheTree) {
  const Plan plan = make_verify_plan(source_.catalog, target_, {.jobs = 2}, {leaves_[0], leaves_[1]});
  ASSERT_EQ(plan.tables.size(), 2U);
  for (const TablePlan& table : plan.tables) EXPECT_EQ(table.tree, parent_);
}

}  // namespace
}  // namespace pghaul::plan
