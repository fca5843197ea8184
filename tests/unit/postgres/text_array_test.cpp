#include "postgres/text_array.h"

#include <gtest/gtest.h>

#include <string>

namespace pghaul::postgres {
namespace {

using namespace std::string_literals;

TEST(TextArray, IsThatOfTheServer) {
  // As array_send('{ab,NULL,""}'::text[]) gives it.
  const std::string expected =
      "\0\0\0\1\0\0\0\1\0\0\0\x19\0\0\0\3\0\0\0\1\0\0\0\2"s + "ab\xff\xff\xff\xff\0\0\0\0"s;
  TextArray array;
  array.add("dropped");
  array.clear();
  array.add("ab");
  array.add({});
  array.add("");
  EXPECT_EQ(array.value(), expected);
  array.clear();
  array.add("x");
  EXPECT_EQ(array.value(), "\0\0\0\1\0\0\0\0\0\0\0\x19\0\0\0\1\0\0\0\1\0\0\0\1x"s);
  EXPECT_EQ(array.bytes(), 25U);
}

}  // namespace
}  // namespace pghaul::postgres
