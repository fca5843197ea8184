#include "verify/row_digest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string_view>

#include "support/memory_source.h"
#include "support/rows.h"

namespace pghaul::verify {
namespace {

using support::make_rows;
using support::MemorySource;
using support::RowSet;

Digest digest_of(const RowSet& rows, std::size_t chunk_bytes = 64 << 10) {
  MemorySource source(rows);
  RowDigest digest;
  pipeline::Chunk chunk(chunk_bytes);
  while (source.fill(chunk) && !chunk.empty()) {
    digest.see(chunk);
    chunk.clear();
  }
  return digest.digest();
}

RowSet rows_of(std::initializer_list<std::string_view> texts) {
  RowSet set;
  for (std::string_view text : texts) {
    const std::span<const std::byte> bytes = std::as_bytes(std::span(text));
    set.rows.emplace_back(bytes.begin(), bytes.end());
  }
  return set;
}

TEST(RowDigest, OfNothingIsZero) {
  EXPECT_EQ(digest_of({}), Digest{});
  EXPECT_EQ(Digest{}.hex(), "00000000000000000000000000000000");
}

TEST(RowDigest, OfOneRowIsItsHash) {  // as xxhsum -H2 prints it
  const Digest digest = digest_of(rows_of({"42"}));
  EXPECT_EQ(digest.rows, 1u);
  EXPECT_EQ(digest.bytes, 2u);
  EXPECT_EQ(digest.hex(), "b080ccd44c7163e91217cb28c0ef2191");
}

TEST(RowDigest, DoesNotDependOnTheOrderOfRows) {
  RowSet rows = make_rows(1000, 1, 300, 7);
  const Digest in_order = digest_of(rows);
  std::shuffle(rows.rows.begin(), rows.rows.end(), std::mt19937(8));
  EXPECT_EQ(digest_of(rows), in_order);
}

TEST(RowDigest, DoesNotDependOnChunking) {
  const RowSet rows = make_rows(1000, 1, 300, 7);
  EXPECT_EQ(digest_of(rows, 1), digest_of(rows, 1 << 20));
}

TEST(RowDigest, OfTwoPartsAddsUpToThatOfTheWhole) {
  const RowSet whole = make_rows(1000, 1, 300, 7);
  const auto middle = whole.rows.begin() + 400;
  Digest sum = digest_of({.rows = {whole.rows.begin(), middle}});
  sum += digest_of({.rows = {middle, whole.rows.end()}});
  EXPECT_EQ(sum, digest_of(whole));
}

TEST(RowDigest, SeesARowThatIsMissing) {
  RowSet rows = make_rows(1000, 1, 300, 7);
  const Digest all = digest_of(rows);
  rows.rows.pop_back();
  EXPECT_NE(digest_of(rows), all);
}

TEST(RowDigest, SeesASingleBitThatChanged) {
  RowSet rows = make_rows(1000, 1, 300, 7);
  const Digest before = digest_of(rows);
  rows.rows[500].front() ^= std::byte{1};
  const Digest after = digest_of(rows);
  EXPECT_EQ(after.rows, before.rows);
  EXPECT_EQ(after.bytes, before.bytes);
  EXPECT_NE(after, before);
}

TEST(RowDigest, SeesWhichRowCameTwice) {
  EXPECT_NE(digest_of(rows_of({"a", "a", "c", "c"})), digest_of(rows_of({"a", "a", "b", "b"})));
}

TEST(RowDigest, SeesWhereARowEnds) {
  EXPECT_NE(digest_of(rows_of({"ab", "c"})), digest_of(rows_of({"a", "bc"})));
}

TEST(Digest, CarriesFromTheLowHalfToTheHigh) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  Digest digest{.sum_low = kMost, .sum_high = 1};
  digest += {.sum_low = 2, .sum_high = 3};
  EXPECT_EQ(digest.sum_low, 1u);
  EXPECT_EQ(digest.sum_high, 5u);
}

TEST(Digest, IsASumModuloTwoToThe128) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  Digest digest{.sum_low = kMost, .sum_high = kMost};
  digest += {.sum_low = 1};
  EXPECT_EQ(digest, Digest{});
}

TEST(Digest, WritesTheHighHalfFirst) {
  const Digest digest{.sum_low = 0xfedcba9876543210, .sum_high = 0x0123456789abcdef};
  EXPECT_EQ(digest.hex(), "0123456789abcdeffedcba9876543210");
}

}  // namespace
}  // namespace pghaul::verify
