#include "postgres/quote.h"

#include <gtest/gtest.h>

namespace pghaul::postgres {
namespace {

TEST(Quote, DoublesTheQuotesWithinAnIdentifier) {
  EXPECT_EQ(quote("order"), "\"order\"");
  EXPECT_EQ(quote("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(quote(""), "\"\"");
}

TEST(Quote, KeepsTheDotOfANameApartFromTheOneBetweenSchemaAndName) {
  EXPECT_EQ(quote("my.app", "a.b"), "\"my.app\".\"a.b\"");
}

TEST(QuoteLiteral, DoublesTheQuotesWithinAText) {
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
  EXPECT_EQ(quote_literal(""), "''");
}

TEST(QuoteLiteral, MeansTheSameWhateverStandardConformingStringsIs) {
  EXPECT_EQ(quote_literal("C:\\temp\\'x'"), " E'C:\\\\temp\\\\''x'''");
}

TEST(QuoteLiteral, KeepsItsEscapeMarkApartFromTheWordBeforeIt) {
  EXPECT_EQ("SELECT" + quote_literal("\\"), "SELECT E'\\\\'");
}

}  // namespace
}  // namespace pghaul::postgres
