#include "schema/name_pattern.h"

#include <gtest/gtest.h>

#include <string>

namespace pghaul::schema {
namespace {

using catalog::Name;

bool matches(const std::string& pattern, const Name& table) {
  const Result<NamePattern> parsed = NamePattern::of_table(pattern);
  EXPECT_TRUE(parsed) << pattern;
  return parsed && parsed->matches(table);
}

bool matches_schema(const std::string& pattern, const std::string& schema) {
  const Result<NamePattern> parsed = NamePattern::of_schema(pattern);
  EXPECT_TRUE(parsed) << pattern;
  return parsed && parsed->matches(schema);
}

TEST(NamePattern, StandsForTheWholeName) {
  EXPECT_TRUE(matches("orders", {"public", "orders"}));
  EXPECT_FALSE(matches("orders", {"public", "orders_2020"}));
  EXPECT_FALSE(matches("orders", {"public", "old_orders"}));
}

TEST(NamePattern, HasLettersInPlaceOfStarAndQuestionMark) {
  EXPECT_TRUE(matches("ord*", {"public", "orders"}));
  EXPECT_TRUE(matches("*", {"public", "new\nline"}));
  EXPECT_TRUE(matches("order?", {"public", "orders"}));
  EXPECT_TRUE(matches("gr?n", {"public", "gr\xC3\xBCn"})) << "one letter, two bytes";
  EXPECT_FALSE(matches("order?", {"public", "order"}));
}

TEST(NamePattern, PartsSchemaAndNameByADot) {
  EXPECT_TRUE(matches("app*.orders", {"app_one", "orders"}));
  EXPECT_FALSE(matches("app.orders", {"public", "orders"}));
  EXPECT_TRUE(NamePattern::of_table("app.orders")->has_schema());
  EXPECT_FALSE(NamePattern::of_table("\"app.orders\"")->has_schema());
  EXPECT_TRUE(matches("\"app.orders\"", {"public", "app.orders"}));
}

TEST(NamePattern, FoldsCapitalsOutsideOfQuotes) {
  EXPECT_TRUE(matches("ORDERS", {"public", "orders"}));
  EXPECT_FALSE(matches("Orders", {"public", "Orders"}));
  EXPECT_TRUE(matches("\"Orders\"", {"public", "Orders"}));
  EXPECT_TRUE(matches("FOO\"BAR\"baz", {"public", "fooBARbaz"})) << "as the manual has it";
}

TEST(NamePattern, TakesAllElseInQuotesAsItIs) {
  EXPECT_TRUE(matches("\"a*?[b]\"", {"public", "a*?[b]"}));
  EXPECT_FALSE(matches("\"a*\"", {"public", "ab"}));
  EXPECT_TRUE(matches("\"a \"\"b\"\"\"", {"public", "a \"b\""}));
  EXPECT_TRUE(matches("a$b", {"public", "a$b"}));
}

TEST(NamePattern, KnowsSomeOfRegularExpressions) {
  EXPECT_TRUE(matches("orders_[0-9]+", {"public", "orders_2020"}));
  EXPECT_FALSE(matches("orders_[0-9]+", {"public", "orders_old"}));
  EXPECT_FALSE(matches("orders_[^0-9]", {"public", "orders_1"}));
  EXPECT_TRUE(matches("(orders|items)", {"public", "items"}));
  EXPECT_TRUE(matches("orders|items", {"public", "orders"}));
  EXPECT_FALSE(matches("orders|items", {"public", "items_old"}));
  EXPECT_TRUE(matches("a[]", {"public", "a[]"}));
}

TEST(NamePattern, IsRefusedWhereMoreOfThemIsMeant) {
  for (const char* pattern : {"a\\d", "^a", "a{2}", "[[:alpha:]]", "[a", "(a", "a)", "[.]", "+a", "[z-a]"}) {
    const Result<NamePattern> parsed = NamePattern::of_table(pattern);
    ASSERT_FALSE(parsed) << pattern;
    EXPECT_EQ(parsed.error().code, ErrorCode::usage);
    EXPECT_NE(parsed.error().message.find(pattern), std::string::npos);
  }
}

TEST(NamePattern, HasNoMoreDotsThanMeanSomething) {
  EXPECT_FALSE(NamePattern::of_table("shop.app.orders"));
  EXPECT_FALSE(NamePattern::of_schema("shop.app"));
}

TEST(NamePattern, OfASchemaMatchesItsName) {
  EXPECT_TRUE(matches_schema("app*", "app_one"));
  EXPECT_FALSE(matches_schema("App", "App"));
  EXPECT_FALSE(matches_schema("", "public"));
}

TEST(NamePattern, MatchesNoNameThatPostgresCannotHave) {
  EXPECT_FALSE(matches("*", {"public", std::string(1'000'000, 'a')}));
}

}  // namespace
}  // namespace pghaul::schema
