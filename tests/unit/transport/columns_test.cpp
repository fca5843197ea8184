#include "transport/columns.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "support/binary_rows.h"
#include "support/seed.h"

namespace pghaul::transport {
namespace {

using support::binary;
using support::BinaryRow;
using support::bytes_of;
using support::number;
using Order = Columns::Order;

std::string back(std::span<const std::byte> arranged, std::size_t count, std::size_t size) {
  Columns columns;
  std::string rows(size, '\0');
  return columns.restore(arranged, count, std::as_writable_bytes(std::span(rows))) ? rows : "not restored";
}

const std::vector<BinaryRow> kRows = {{"1234", "a", std::nullopt, ""},
                                      {"5678", std::nullopt, std::nullopt, ""},
                                      {"9012", std::string(300, 'x'), std::nullopt, ""}};

TEST(RowColumns, BecomeTheRowsAgain) {
  const std::string rows = binary(kRows);
  for (const Order order : {Order::by_value, Order::by_byte}) {
    Columns columns(order);
    ASSERT_TRUE(columns.arrange(bytes_of(rows)));
    EXPECT_EQ(columns.rows(), kRows.size());
    EXPECT_LT(columns.bytes().size(), rows.size());
    EXPECT_EQ(back(columns.bytes(), kRows.size(), rows.size()), rows);
  }
}

TEST(RowColumns, AreNotMadeOfOtherRows) {
  Columns columns;
  EXPECT_FALSE(columns.arrange(bytes_of("1\tone\n2\ttwo\n"))) << "text";
  EXPECT_FALSE(columns.arrange(bytes_of(binary({{"1", "2"}, {"1"}})))) << "of different width";
  EXPECT_FALSE(columns.arrange(bytes_of(binary(BinaryRow{"1"})))) << "a single one";
  EXPECT_FALSE(columns.arrange(bytes_of(binary(kRows) + "x"))) << "and more";
  EXPECT_FALSE(columns.arrange({}));
}

TEST(RowColumns, ThatWereChangedDoNotBecomeOtherRowsThanFit) {
  const std::string rows = binary(kRows);
  for (const Order order : {Order::by_value, Order::by_byte}) {
    Columns columns(order);
    ASSERT_TRUE(columns.arrange(bytes_of(rows)));
    const std::vector<std::byte> arranged(columns.bytes().begin(), columns.bytes().end());
    EXPECT_EQ(back(arranged, kRows.size() + 1, rows.size()), "not restored");
    EXPECT_EQ(back(arranged, kRows.size(), rows.size() + 1), "not restored");
    EXPECT_EQ(back(arranged, 1U << 31, rows.size()), "not restored");
    for (std::size_t size = 0; size < arranged.size(); ++size) {
      EXPECT_EQ(back(std::span(arranged).first(size), kRows.size(), rows.size()), "not restored") << size;
    }
  }
}

TEST(RowColumns, OfNumbersBecomeTheSameNumbersWhateverTheyAre) {
  std::mt19937_64 random(support::seed_of_this_run());
  const std::vector<std::function<std::uint64_t(std::uint64_t)>> kinds = {
      [](std::uint64_t row) { return row * 7919; },
      [](std::uint64_t row) { return 1'000'000 - row * row; },
      [](std::uint64_t row) { return row % 2 == 0 ? ~std::uint64_t{0} : 0; },
      [](std::uint64_t row) { return std::uint64_t{1} << row % 64; },
      [&](std::uint64_t) { return random(); },
      [](std::uint64_t) { return 42; }};
  std::vector<BinaryRow> rows;
  for (std::uint64_t i = 0; i < 300; ++i) {
    BinaryRow& row = rows.emplace_back();
    for (const auto& kind : kinds) {
      for (const int bytes : {1, 2, 4, 8, 16}) row.emplace_back(number(kind(i), bytes));
    }
    row.emplace_back(i % 3 == 0 ? std::nullopt : std::optional(number(i, 8)));
    row.emplace_back(i % 3 == 0 ? "" : number(i, 8));
    row.emplace_back(std::nullopt);
  }
  const std::string text = binary(rows);
  Columns columns(Order::by_byte);
  ASSERT_TRUE(columns.arrange(bytes_of(text)));
  EXPECT_EQ(back(columns.bytes(), rows.size(), text.size()), text);
}

TEST(RowColumns, OfRisingNumbersBecomeNearlyAllAlike) {
  std::vector<BinaryRow> rows;
  for (std::uint64_t i = 0; i < 1000; ++i)
    rows.push_back({number(1'700'000'000'000'000 + i * 60'000'000, 8)});
  const std::string text = binary(rows);
  Columns columns(Order::by_byte);
  ASSERT_TRUE(columns.arrange(bytes_of(text)));
  const std::string arranged = support::text_of(columns.bytes());
  std::size_t changes = 0;
  for (std::size_t at = 1; at < arranged.size(); ++at) changes += arranged[at] != arranged[at - 1] ? 1 : 0;
  EXPECT_LT(changes, 40U);
}

TEST(RowColumns, SurviveAnyByteThatIsChanged) {
  std::vector<BinaryRow> rows;
  for (std::uint64_t i = 0; i < 20; ++i) {
    rows.push_back({number(i, 4), i % 2 == 0 ? std::nullopt : std::optional(number(i, 8)), "text"});
  }
  const std::string text = binary(rows);
  Columns columns(Order::by_byte);
  ASSERT_TRUE(columns.arrange(bytes_of(text)));
  for (std::size_t at = 0; at < columns.bytes().size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::vector<std::byte> changed(columns.bytes().begin(), columns.bytes().end());
      changed[at] ^= static_cast<std::byte>(1 << bit);
      EXPECT_NE(back(changed, rows.size(), text.size()), text) << at;
    }
  }
}

}  // namespace
}  // namespace pghaul::transport
