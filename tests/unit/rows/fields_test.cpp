#include "rows/fields.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace pghaul::rows {
namespace {

using namespace std::string_view_literals;
using postgres::CopyFormat;

using Fields = std::vector<std::string_view>;

Fields split_row(std::string_view row, CopyFormat format, std::size_t most = SIZE_MAX) {
  Fields fields{"of the row before"};
  split(row, format, fields, most);
  return fields;
}

/// Two columns of a byte, one that is NULL, one that is empty.
constexpr std::string_view kBinaryRow =
    "\0\4"
    "\0\0\0\1a"
    "\xFF\xFF\xFF\xFF"
    "\0\0\0\0"
    "\0\0\0\1b"sv;

TEST(Fields, OfABinaryRowTellNullAndEmptyApart) {
  EXPECT_EQ(split_row(kBinaryRow, CopyFormat::binary),
            (Fields{"\0\0\0\1a"sv, "\xFF\xFF\xFF\xFF"sv, "\0\0\0\0"sv, "\0\0\0\1b"sv}));
}

TEST(Fields, OfATextRowTellNullAndEmptyApart) {
  EXPECT_EQ(split_row("a\t\\N\t\tb\\tc\n", CopyFormat::text), (Fields{"a", "\\N", "", "b\\tc"}));
}

TEST(Fields, AreOnlySoManyAsAskedFor) {
  EXPECT_EQ(split_row(kBinaryRow, CopyFormat::binary, 1), (Fields{"\0\0\0\1a"sv}));
  EXPECT_EQ(split_row("a\tb\tc\n", CopyFormat::text, 2), (Fields{"a", "b"}));
}

TEST(Fields, OfARowThatEndsEarlyAreFewer) {
  EXPECT_EQ(split_row("\0\2\0\0\0\1a\0\0\0\5b"sv, CopyFormat::binary), (Fields{"\0\0\0\1a"sv}));
  EXPECT_EQ(split_row("\0"sv, CopyFormat::binary), Fields{});
}

TEST(Fields, AreWithoutTheLengthAsValues) {
  EXPECT_EQ(value_of_binary("\0\0\0\1a"sv), "a");
  EXPECT_EQ(value_of_binary("\xFF\xFF\xFF\xFF"sv), "");
}

}  // namespace
}  // namespace pghaul::rows
