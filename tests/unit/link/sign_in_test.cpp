#include "link/sign_in.h"

#include <gtest/gtest.h>

namespace pghaul::link {
namespace {

TEST(Words, ComeBackAsTheyWere) {
  const Fields fields = {{"dbname", "shop"}, {"password", "with = and ' and\nlines"}, {"options", ""}};
  const Result<Fields> again = unpack_fields(pack_fields(fields));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, fields);
  EXPECT_FALSE(unpack_fields("without an end"));
}

}  // namespace
}  // namespace pghaul::link
