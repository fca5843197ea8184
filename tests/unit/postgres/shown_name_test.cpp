#include <gtest/gtest.h>

#include "postgres/shown_name.h"

namespace pghaul::postgres {
namespace {

TEST(ShownName, LeavesPlainNamesAsTheyAre) {
  EXPECT_EQ(shown_name("public", "orders"), "public.orders");
  EXPECT_EQ(shown_name("_s", "t_1$"), "_s.t_1$");
}

TEST(ShownName, QuotesWhatPsqlWouldFoldOrCut) {
  EXPECT_EQ(shown_name("public", "Orders"), "public.\"Orders\"");
  EXPECT_EQ(shown_name("my app", "1st"), "\"my app\".\"1st\"");
  EXPECT_EQ(shown_name("public", "a.b"), "public.\"a.b\"");
  EXPECT_EQ(shown_name("public", "größe"), "public.\"größe\"");
  EXPECT_EQ(shown_name("public", "say \"hi\""), "public.\"say \"\"hi\"\"\"");
}

TEST(ShownName, QuotesAKeywordOnlyWhereItComesFirst) {
  EXPECT_EQ(shown_name("user", "order"), "\"user\".order");
  EXPECT_EQ(shown_name("", "order"), "\"order\"");
  EXPECT_EQ(shown_name("", "hstore"), "hstore");
}

TEST(ShownName, KeepsControlCharactersFromTheTerminal) {
  EXPECT_EQ(shown_name("public", "a\nb\tc\r"), "public.\"a\\nb\\tc\\r\"");
  EXPECT_EQ(shown_name("public", "\x1b[2J\x7f"), "public.\"\\x1b[2J\\x7f\"");
  EXPECT_EQ(shown_name("public",
                       "\xc2\x9b"
                       "2J"),
            "public.\"\\x9b2J\"");
}

TEST(ShownName, GivesAnEmptyNameItsQuotes) {
  EXPECT_EQ(shown_name("public", ""), "public.\"\"");
}

}  // namespace
}  // namespace pghaul::postgres
