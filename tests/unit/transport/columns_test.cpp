#include "transport/columns.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace pghaul::transport {
namespace {

using Row = std::vector<std::optional<std::string>>;

void put(std::string& to, std::size_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) to += static_cast<char>(value >> shift & 0xFF);
}

/// As COPY BINARY has them.
std::string binary(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) {
    put(text, row.size(), 2);
    for (const auto& value : row) {
      put(text, value ? value->size() : 0xFFFFFFFF, 4);
      text += value.value_or("");
    }
  }
  return text;
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::string back(std::span<const std::byte> arranged, std::size_t count, std::size_t size) {
  Columns columns;
  std::string rows(size, '\0');
  return columns.restore(arranged, count, std::as_writable_bytes(std::span(rows))) ? rows : "not restored";
}

const std::vector<Row> kRows = {{"1234", "a", std::nullopt, ""},
                                {"5678", std::nullopt, std::nullopt, ""},
                                {"9012", std::string(300, 'x'), std::nullopt, ""}};

TEST(RowColumns, BecomeTheRowsAgain) {
  const std::string rows = binary(kRows);
  Columns columns;
  ASSERT_TRUE(columns.arrange(bytes_of(rows), kRows.size()));
  EXPECT_LT(columns.bytes().size(), rows.size());
  EXPECT_EQ(back(columns.bytes(), kRows.size(), rows.size()), rows);
}

TEST(RowColumns, AreNotMadeOfOtherRows) {
  Columns columns;
  EXPECT_FALSE(columns.arrange(bytes_of("1\tone\n2\ttwo\n"), 2)) << "text";
  EXPECT_FALSE(columns.arrange(bytes_of(binary({{"1", "2"}, {"1"}})), 2)) << "of different width";
  EXPECT_FALSE(columns.arrange(bytes_of(binary({{"1"}})), 1)) << "a single one";
  EXPECT_FALSE(columns.arrange(bytes_of(binary(kRows) + "x"), kRows.size())) << "and more";
  EXPECT_FALSE(columns.arrange({}, 0));
}

TEST(RowColumns, ThatWereChangedDoNotBecomeOtherRowsThanFit) {
  const std::string rows = binary(kRows);
  Columns columns;
  ASSERT_TRUE(columns.arrange(bytes_of(rows), kRows.size()));
  const std::vector<std::byte> arranged(columns.bytes().begin(), columns.bytes().end());
  EXPECT_EQ(back(arranged, kRows.size() + 1, rows.size()), "not restored");
  EXPECT_EQ(back(arranged, kRows.size(), rows.size() + 1), "not restored");
  EXPECT_EQ(back(arranged, 1U << 31, rows.size()), "not restored");
  for (std::size_t size = 0; size < arranged.size(); ++size) {
    EXPECT_EQ(back(std::span(arranged).first(size), kRows.size(), rows.size()), "not restored") << size;
  }
}

}  // namespace
}  // namespace pghaul::transport
