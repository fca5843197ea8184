#include "postgres/binary_stream.h"

#include <gtest/gtest.h>

#include <string>

namespace pghaul::postgres {
namespace {

using namespace std::string_literals;

std::span<const std::byte> as_bytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::string as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

const std::string kSignature = "PGCOPY\n\377\r\n\0"s;
const std::string kNoFlags = "\0\0\0\0"s;

TEST(BinaryStream, HasItsFirstRowBehindTheHeader) {
  const std::string message = kSignature + kNoFlags + "\0\0\0\0"s + "row";
  const auto rest = without_header(as_bytes(message));
  ASSERT_TRUE(rest);
  EXPECT_EQ(as_text(*rest), "row");
}

TEST(BinaryStream, MayHaveAHeaderOfAMessageOfItsOwn) {
  const std::string message = kSignature + kNoFlags + "\0\0\0\0"s;
  const auto rest = without_header(as_bytes(message));
  ASSERT_TRUE(rest);
  EXPECT_TRUE(rest->empty());
}

TEST(BinaryStream, SkipsAnExtensionOfTheHeader) {
  const std::string message = kSignature + kNoFlags + "\0\0\0\3"s + "abcrow";
  EXPECT_EQ(as_text(*without_header(as_bytes(message))), "row");
}

TEST(BinaryStream, IsNoneWithoutItsWholeHeader) {
  const std::string message = kSignature + kNoFlags + "\0\0\0\3"s + "abc";
  for (std::size_t bytes = 0; bytes < message.size(); ++bytes)
    EXPECT_FALSE(without_header(as_bytes(message).first(bytes))) << bytes;
}

TEST(BinaryStream, IsNoneWhereLineEndsWereChanged) {
  const std::string message = "PGCOPY\n\377\n\n\0"s + kNoFlags + "\0\0\0\0"s;
  EXPECT_FALSE(without_header(as_bytes(message)));
}

TEST(BinaryStream, DoesNotReadBeyondAMessageThatAnnouncesMoreThanItHas) {
  const std::string message = kSignature + kNoFlags + "\377\377\377\377"s + "row";
  EXPECT_FALSE(without_header(as_bytes(message)));
}

TEST(BinaryStream, EndsWithAFieldCountOfMinusOneAndNothingElse) {
  EXPECT_TRUE(is_trailer(as_bytes("\377\377"s)));
  EXPECT_FALSE(is_trailer(as_bytes("\377\377\0"s)));
  EXPECT_FALSE(is_trailer(as_bytes("\0\1"s)));
  EXPECT_FALSE(is_trailer({}));
}

}  // namespace
}  // namespace pghaul::postgres
