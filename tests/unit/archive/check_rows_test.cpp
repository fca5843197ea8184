#include "archive/check_rows.h"

#include <gtest/gtest.h>

#include "archive/hash_text.h"

namespace pghaul::archive {
namespace {

TEST(CheckDigest, NamesWhatHoldsOtherRowsThanTheManifestSays) {
  const verify::Digest one{.rows = 3, .bytes = 10, .sum_low = 7};
  EXPECT_TRUE(check_digest(one, one, "a.rows"));
  const Status checked = check_digest(one, {.rows = 4, .bytes = 10, .sum_low = 7}, "a.rows");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::system);
  EXPECT_TRUE(checked.error().message.starts_with("a.rows holds other rows")) << checked.error().message;
}

TEST(CheckDigest, SeesOtherContentsInAsManyRowsAndBytes) {
  EXPECT_FALSE(
      check_digest({.rows = 3, .bytes = 10, .sum_low = 7}, {.rows = 3, .bytes = 10, .sum_low = 8}, "a"));
}

TEST(HashText, IsThatOfXxhash) {
  EXPECT_EQ(hash_text(""), "99aa06d3014798d86001c324468d497f");  // XXH3, 128 bits, of nothing, seed 0
  EXPECT_NE(hash_text("a"), hash_text("b"));
}

}  // namespace
}  // namespace pghaul::archive
