#include "base/lsn.h"

#include <gtest/gtest.h>

namespace pghaul {
namespace {

TEST(Lsn, ReadsAsPostgresWritesIt) {
  EXPECT_EQ(lsn_text({0x16B374D848}), "16/B374D848");
  EXPECT_EQ(lsn_text({}), "0/0");
  EXPECT_EQ(parse_lsn("16/B374D848"), Lsn{0x16B374D848});
  EXPECT_EQ(parse_lsn("ffffffff/ffffffff"), Lsn{0xFFFFFFFFFFFFFFFF});
}

TEST(Lsn, IsNothingElse) {
  for (const char* text : {"", "/", "1/", "/1", "16B374D8", "1/2/3", "1/100000000", "-1/0", "1/ 2", "1/2 "}) {
    EXPECT_FALSE(parse_lsn(text)) << text;
  }
}

}  // namespace
}  // namespace pghaul
