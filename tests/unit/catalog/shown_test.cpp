#include <gtest/gtest.h>

#include "catalog/model.h"

namespace pghaul::catalog {
namespace {

TEST(Shown, LeavesPlainNamesAsTheyAre) {
  EXPECT_EQ(shown({"public", "orders"}), "public.orders");
  EXPECT_EQ(shown({"_s", "t_1$"}), "_s.t_1$");
}

TEST(Shown, QuotesWhatPsqlWouldFoldOrCut) {
  EXPECT_EQ(shown({"public", "Orders"}), "public.\"Orders\"");
  EXPECT_EQ(shown({"my app", "1st"}), "\"my app\".\"1st\"");
  EXPECT_EQ(shown({"public", "a.b"}), "public.\"a.b\"");
  EXPECT_EQ(shown({"public", "größe"}), "public.\"größe\"");
  EXPECT_EQ(shown({"public", "say \"hi\""}), "public.\"say \"\"hi\"\"\"");
}

TEST(Shown, QuotesAKeywordOnlyWhereItComesFirst) {
  EXPECT_EQ(shown({"user", "order"}), "\"user\".order");
  EXPECT_EQ(shown({"", "order"}), "\"order\"");
  EXPECT_EQ(shown({"", "hstore"}), "hstore");
}

TEST(Shown, KeepsControlCharactersFromTheTerminal) {
  EXPECT_EQ(shown({"public", "a\nb\tc\r"}), "public.\"a\\nb\\tc\\r\"");
  EXPECT_EQ(shown({"public", "\x1b[2J\x7f"}), "public.\"\\x1b[2J\\x7f\"");
  EXPECT_EQ(shown({"public",
                   "\xc2\x9b"
                   "2J"}),
            "public.\"\\x9b2J\"");
}

TEST(Shown, GivesAnEmptyNameItsQuotes) {
  EXPECT_EQ(shown({"public", ""}), "public.\"\"");
}

}  // namespace
}  // namespace pghaul::catalog
