#include "pghaul/escape.h"

#include <gtest/gtest.h>

namespace pghaul::command {
namespace {

constexpr Style kUnicode{.terminal = true, .unicode = true, .color = false};
constexpr Style kAscii{.terminal = true, .unicode = false, .color = false};

TEST(Escape, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(escape("public.Bestellungen_für_東京 \\d", kUnicode), "public.Bestellungen_für_東京 \\d");
}

TEST(Escape, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(escape("a\033[2Jb\rc\nd\te\177", kUnicode), "a\\x1b[2Jb\\rc\\nd\\te\\x7f");
  EXPECT_EQ(escape("\u009b31m", kUnicode), "\\u{9b}31m");
  EXPECT_EQ(escape(std::string_view("\0", 1), kUnicode), "\\x00");
}

TEST(Escape, ShowsWhatWouldHideOrReorderText) {
  EXPECT_EQ(escape("a\u202eb\u200bc\ufeffd", kUnicode), "a\\u{202e}b\\u{200b}c\\u{feff}d");
}

TEST(Escape, ShowsBytesThatAreNoCharacters) {
  EXPECT_EQ(escape("a\xff"
                   "b\xc3",
                   kUnicode),
            "a\\xffb\\xc3");
  EXPECT_EQ(escape("\xc0\xaf", kUnicode), "\\xc0\\xaf");           // overlong '/'
  EXPECT_EQ(escape("\xed\xa0\x80", kUnicode), "\\xed\\xa0\\x80");  // a surrogate
}

TEST(Escape, KeepsToAsciiWhereTheTerminalHasNoMore) {
  EXPECT_EQ(escape("für", kAscii), "f\\u{fc}r");
}

TEST(Escape, IndentsTheLinesOfAMessage) {
  EXPECT_EQ(escape_lines("first\npghaul: error: forged\n", kUnicode), "first\n    pghaul: error: forged");
  EXPECT_EQ(escape_lines("first\n\tsecond\n  \n", kUnicode), "first\n    second");
}

}  // namespace
}  // namespace pghaul::command
