#include "rows/finder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "support/seed.h"

namespace pghaul::rows {
namespace {

using postgres::Side;
using Table = std::map<int, int>;  // key, value

/// Two tables in memory. Keys are numbers of one or two digits, so that their texts sort as they do.
class MemoryTables final : public RangeReader {
 public:
  MemoryTables(const Table& source, const Table& target) : source_(source), target_(target) {}

  Result<std::vector<Bound>> divide(Side side, const Range& range, std::uint64_t rows_each) override {
    std::vector<Bound> bounds;
    std::uint64_t number = 0;
    for (const auto& [key, value] : within(side, range)) {
      if (++number % rows_each == 0) bounds.push_back({text(key)});
    }
    return bounds;
  }

  Result<verify::Digest> digest(Side side, const Range& range) override {
    ++digests;
    return digest_of(within(side, range));
  }

  Status compare(const std::vector<Range>& ranges) override {
    for (const Range& range : ranges) {
      for (const auto& [key, value] : within(Side::source, range)) look_at(key);
      for (const auto& [key, value] : within(Side::target, range)) look_at(key);
    }
    return {};
  }

  Range whole() const { return {.source = digest_of(source_), .target = digest_of(target_)}; }

  std::set<int> found;
  std::size_t digests = 0;
  std::size_t compared = 0;

 private:
  static std::string text(int key) { return std::string(key < 10 ? "0" : "") + std::to_string(key); }

  Table within(Side side, const Range& range) const {
    Table rows;
    for (const auto& [key, value] : side == Side::source ? source_ : target_) {
      if (range.from && text(key) < range.from->front()) continue;
      if (range.end && text(key) >= range.end->front()) continue;
      rows.emplace(key, value);
    }
    return rows;
  }

  static verify::Digest digest_of(const Table& rows) {
    verify::Digest sum;
    for (const auto& [key, value] : rows) {
      const auto row = static_cast<std::uint64_t>(key * 1000 + value);
      sum += {.rows = 1, .bytes = 8, .sum_low = mixed(row), .sum_high = mixed(row + (1ULL << 40))};
    }
    return sum;
  }

  /// Source  splitmix64, public domain, https://prng.di.unimi.it/splitmix64.c.
  static std::uint64_t mixed(std::uint64_t number) {
    number += 0x9E3779B97F4A7C15ULL;
    number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9ULL;
    number = (number ^ number >> 27) * 0x94D049BB133111EBULL;
    return number ^ number >> 31;
  }

  void look_at(int key) {
    ++compared;
    const auto here = source_.find(key);
    const auto there = target_.find(key);
    const bool equal = here != source_.end() && there != target_.end() && here->second == there->second;
    if (!equal) found.insert(key);
  }

  const Table& source_;
  const Table& target_;
};

std::set<int> plainly_different(const Table& source, const Table& target) {
  std::set<int> keys;
  for (const auto& [key, value] : source) {
    if (const auto there = target.find(key); there == target.end() || there->second != value)
      keys.insert(key);
  }
  for (const auto& [key, value] : target) {
    if (!source.contains(key)) keys.insert(key);
  }
  return keys;
}

std::set<int> found_in(const Table& source, const Table& target, const Limits& limits) {
  MemoryTables tables(source, target);
  const Status done = find_differences(tables, {tables.whole()}, limits);
  EXPECT_TRUE(done);
  return tables.found;
}

/// PGHAUL_FINDER_CASES: how many; two million have passed.
TEST(Finder, FindsWhatAPlainComparisonFindsInRandomTables) {
  const char* const wanted = std::getenv("PGHAUL_FINDER_CASES");
  const int cases = wanted != nullptr ? std::atoi(wanted) : 20'000;
  std::mt19937_64 random(support::seed_of_this_run());
  const auto below = [&](int end) { return static_cast<int>(random() % static_cast<unsigned>(end)); };
  for (int i = 0; i < cases; ++i) {
    Table source;
    const int keys = 1 + below(60);
    for (int key = 0; key < keys; ++key) {
      if (below(4) != 0) source[below(100)] = below(3);
    }
    Table target = source;
    for (int changes = below(6); changes > 0; --changes) {
      const int key = below(100);
      if (below(3) == 0) {
        target.erase(key);
      } else {
        target[key] = below(3);
      }
    }
    const Limits limits{.rows = static_cast<std::uint64_t>(1 + below(8)),
                        .bytes = static_cast<std::uint64_t>(8 * (1 + below(8))),
                        .parts = static_cast<std::uint64_t>(2 + below(5))};
    ASSERT_EQ(found_in(source, target, limits), plainly_different(source, target)) << "case " << i;
  }
}

TEST(Finder, LooksAtFewRowsWhereOneOfManyDiffers) {
  Table source;
  for (int key = 0; key < 100; ++key) source[key] = 1;
  Table target = source;
  target[57] = 2;
  MemoryTables tables(source, target);
  ASSERT_TRUE(find_differences(tables, {tables.whole()}, {.rows = 4, .bytes = 1000, .parts = 4}));
  EXPECT_EQ(tables.found, std::set<int>{57});
  EXPECT_LE(tables.compared, 8U);
  EXPECT_LE(tables.digests, 40U);
}

TEST(Finder, ReadsNothingWhereDigestsAgree) {
  const Table table{{1, 1}, {2, 2}};
  MemoryTables tables(table, table);
  ASSERT_TRUE(find_differences(tables, {tables.whole()}, {}));
  EXPECT_EQ(tables.digests + tables.compared, 0U);
}

}  // namespace
}  // namespace pghaul::rows
