#include "schema/parallel_restore.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace pghaul::schema {
namespace {

/// A dump of tables, each with a sequence, a default and a comment; ids from 1 on, in order.
class Shares : public testing::Test {
 protected:
  int add(const std::string& kind, std::vector<int> depends_on = {}) {
    const int id = static_cast<int>(entries_.size()) + 1;
    entries_.push_back({.dump_id = id,
                        .catalog = 1,
                        .oid = static_cast<std::uint32_t>(id),
                        .kind = kind,
                        .text = "app e" + std::to_string(id) + " o",
                        .depends_on = std::move(depends_on)});
    return id;
  }
  int add_table(std::vector<int> depends_on = {}) {
    const int table = add("TABLE", std::move(depends_on));
    const int sequence = add("SEQUENCE", {table});
    add("SEQUENCE OWNED BY", {sequence, table});
    add("DEFAULT", {table, sequence});
    add("COMMENT", {table});
    return table;
  }
  void add_tables(int count) {
    for (int i = 0; i < count; ++i) add_table();
  }
  /// Number of the share that holds the entry; -1: first, -2: last.
  static int share_of(const schema::ParallelRestore& shares, int id) {
    const auto holds = [id](const std::vector<Entry>& entries) {
      return std::ranges::find(entries, id, &Entry::dump_id) != entries.end();
    };
    if (holds(shares.first)) return -1;
    if (holds(shares.last)) return -2;
    const auto share = std::ranges::find_if(shares.side_by_side, holds);
    return static_cast<int>(share - shares.side_by_side.begin());
  }

  std::vector<Entry> entries_;
};

TEST_F(Shares, OfManyTablesAreEvenAndKeepWhatBelongsTogether) {
  const int schema = add("SCHEMA");
  add_tables(400);
  const schema::ParallelRestore shares = share_out(entries_, 4);
  ASSERT_EQ(shares.side_by_side.size(), 4U);
  for (const auto& share : shares.side_by_side) EXPECT_EQ(share.size(), 500U);
  EXPECT_EQ(share_of(shares, schema), -1);
  for (const Entry& entry : entries_) {
    for (const int before : entry.depends_on) {
      EXPECT_EQ(share_of(shares, entry.dump_id), share_of(shares, before));
    }
  }
}

TEST_F(Shares, HoldEverythingOnceAndInOrder) {
  add("SCHEMA");
  add_tables(300);
  add("VIEW", {2});
  const schema::ParallelRestore shares = share_out(entries_, 3);
  std::multiset<int> seen;
  const auto see = [&](const std::vector<Entry>& entries) {
    EXPECT_TRUE(std::ranges::is_sorted(entries, {}, &Entry::dump_id));
    for (const Entry& entry : entries) seen.insert(entry.dump_id);
  };
  see(shares.first);
  for (const auto& share : shares.side_by_side) see(share);
  see(shares.last);
  EXPECT_EQ(seen.size(), entries_.size());
  EXPECT_EQ(std::set<int>(seen.begin(), seen.end()).size(), entries_.size());
}

TEST_F(Shares, KeepTreesOfTablesWhole) {
  add_tables(300);
  const int parent = add_table();
  const int child = add_table({parent});
  const int grandchild = add_table({child});
  const schema::ParallelRestore shares = share_out(entries_, 4);
  EXPECT_EQ(share_of(shares, parent), share_of(shares, grandchild));
  EXPECT_EQ(share_of(shares, child), share_of(shares, grandchild));
}

TEST_F(Shares, LeaveForLastWhatNeedsTablesAndWhatNeedsThat) {
  add_tables(300);
  const int table = 1;
  const int function = add("FUNCTION", {table});
  const int dependent = add_table({function});
  const int view = add("VIEW", {dependent});
  const int grant = add("ACL", {view});
  const schema::ParallelRestore shares = share_out(entries_, 4);
  for (const int id : {function, dependent, view, grant}) EXPECT_EQ(share_of(shares, id), -2) << id;
}

TEST_F(Shares, ArePointlessForFewTablesOrOneWorkerOrOneTree) {
  add_tables(60);
  EXPECT_TRUE(share_out(entries_, 8).side_by_side.empty());
  EXPECT_EQ(share_out(entries_, 8).first.size(), entries_.size());
  entries_.clear();
  add_tables(400);
  EXPECT_TRUE(share_out(entries_, 1).side_by_side.empty());
  entries_.clear();
  const int parent = add_table();
  for (int i = 0; i < 400; ++i) add_table({parent});
  EXPECT_TRUE(share_out(entries_, 4).side_by_side.empty());
}

}  // namespace
}  // namespace pghaul::schema
