#include "pghaul/columns.h"

#include <gtest/gtest.h>

#include <clocale>

namespace pghaul::command {
namespace {

constexpr Style kUnicode{.terminal = true, .unicode = true, .color = true};
constexpr Style kAscii{};

class Columns : public testing::Test {
 protected:
  Columns() { std::setlocale(LC_CTYPE, "C.UTF-8"); }
  ~Columns() override { std::setlocale(LC_CTYPE, "C"); }
};

TEST_F(Columns, CountCharactersAsATerminalShowsThem) {
  EXPECT_EQ(columns_of("abc"), 3u);
  EXPECT_EQ(columns_of("für"), 3u);
  EXPECT_EQ(columns_of("東京"), 4u);
}

TEST_F(Columns, AreNotTakenByTones) {
  EXPECT_EQ(columns_of(toned("abc", Tone::good, kUnicode)), 3u);
}

TEST_F(Columns, AreCutWithAMark) {
  EXPECT_EQ(cut("orders", 6, kUnicode), "orders");
  EXPECT_EQ(cut("orders", 4, kUnicode), "ord…");
  EXPECT_EQ(cut("orders", 4, kAscii), "ord~");
  EXPECT_EQ(cut("orders", 0, kUnicode), "");
}

TEST_F(Columns, AreCutBetweenWideCharacters) {
  EXPECT_EQ(cut("東京都", 4, kUnicode), "東…");
}

TEST_F(Columns, AlignWideCharacters) {
  EXPECT_EQ(to_the_left("東京", 6), "東京  ");
  EXPECT_EQ(to_the_right("東京", 6), "  東京");
}

TEST_F(Columns, WrapBetweenWords) {
  EXPECT_EQ(wrap("a copy of the source", 9), (std::vector<std::string>{"a copy of", "the", "source"}));
  EXPECT_EQ(wrap("incomprehensible", 5), (std::vector<std::string>{"incomprehensible"}));
}

}  // namespace
}  // namespace pghaul::command
