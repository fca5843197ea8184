#include "verify/same_expression.h"

#include <gtest/gtest.h>

namespace pghaul::verify {
namespace {

TEST(SameExpression, SeesThroughWhatAServerMakesOfAListWhenItIsRestored) {
  EXPECT_TRUE(same_expression(
      "CHECK (((v)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
      "CHECK (((v)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character "
      "varying)::text])))"));
}

TEST(SameExpression, SeesAnotherLiteralNameOperatorOrOrder) {
  EXPECT_FALSE(same_expression("(a > 1)", "(a > 2)"));
  EXPECT_FALSE(same_expression("(a > 1)", "(b > 1)"));
  EXPECT_FALSE(same_expression("(a > 1)", "(a >= 1)"));
  EXPECT_FALSE(same_expression("(a, b)", "(b, a)"));
  EXPECT_FALSE(same_expression("'a b'::text", "'a  b'::text"));
  EXPECT_FALSE(same_expression("\"A\"", "\"a\""));
}

TEST(SameExpression, LeavesOutCastsOfEveryShape) {
  EXPECT_EQ(skeleton("a::timestamp(3) with time zone > b"), "a>b");
  EXPECT_EQ(skeleton("a::character varying(10)[] || b"), "a||b");
  EXPECT_EQ(skeleton("a::numeric(10,-2) AND b"), "a AND b");
  EXPECT_EQ(skeleton("'1'::interval day to second + c"), "'1'+c");
  EXPECT_EQ(skeleton(R"(a::public."odd "" type"[] IS NULL)"), "a IS NULL");
  EXPECT_EQ(skeleton("a::double precision"), "a");
}

TEST(SameExpression, DoesNotTakeWhatIsQuotedForACast) {
  EXPECT_EQ(skeleton("'x::text (y)'"), "'x::text (y)'");
  EXPECT_EQ(skeleton(R"(E'\'::text')"), R"(E'\'::text')");
  EXPECT_EQ(skeleton("'it''s (::' || (b)"), "'it''s (::'||b");
}

TEST(SameExpression, TakesWhatEndsInTheMiddle) {
  EXPECT_EQ(skeleton("a::"), "a");
  EXPECT_EQ(skeleton("'open"), "'open");
  EXPECT_EQ(skeleton("a::numeric(1"), "a");
  EXPECT_EQ(skeleton(""), "");
}

}  // namespace
}  // namespace pghaul::verify
