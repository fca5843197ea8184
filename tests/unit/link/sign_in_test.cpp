#include "link/sign_in.h"

#include <gtest/gtest.h>

namespace pghaul::link {
namespace {

TEST(Words, ComeBackAsTheyWere) {
  const Fields words = {{"dbname", "shop"}, {"password", "with = and ' and\nlines"}, {"options", ""}};
  const Result<Fields> again = unpack_words(pack_words(words));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, words);
  EXPECT_FALSE(unpack_words("without an end"));
}

}  // namespace
}  // namespace pghaul::link
