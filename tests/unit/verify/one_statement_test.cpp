#include "verify/one_statement.h"

#include <gtest/gtest.h>

namespace pghaul::verify {
namespace {

TEST(OneStatement, TakesWhatServersWord) {
  for (const char* sql :
       {R"(SELECT ("a" - - 1) AS "x;--/*" FROM "t" WHERE ("b" = ';--'::"text") AND ("c" = E'\';'))", "", "$1",
        "CREATE RULE \"r\" AS\n ON INSERT TO \"t\" DO ( INSERT INTO \"u\" DEFAULT VALUES;\n DELETE FROM "
        "\"u\"; )",
        "BEGIN ATOMIC\n SELECT CASE WHEN true THEN 1 ELSE 2 END AS x;\n (VALUES (1));\nEND",
        "BEGIN ATOMIC END", R"("a" integer DEFAULT (1 + 2), VARIADIC "b" "text"[])"}) {
    EXPECT_TRUE(stays_within_statement(sql)) << sql;
  }
}

TEST(OneStatement, RefusesWhatGoesOnOutside) {
  for (const char* sql :
       {"SELECT 1; DROP TABLE t", "SELECT 1;", "a integer) RETURNS int LANGUAGE c AS 'x', 'y' --", "(1))",
        "((1)", "1 /* ", "SELECT $$;$$", "SELECT $a$x$a$", "BEGIN ATOMIC SELECT 1; END; DROP TABLE t",
        "BEGIN ATOMIC END; DROP TABLE t", "BEGIN ATOMIC SELECT 1; DROP TABLE t; END",
        "BEGIN ATOMIC SELECT 1;", "RETURN 1; DROP TABLE t", "BEGIN ATOMIC SELECT 1; END DROP TABLE t"}) {
    EXPECT_FALSE(stays_within_statement(sql)) << sql;
  }
}

TEST(OneStatement, EndsBeforeItsSemicolon) {
  EXPECT_EQ(without_end(" SELECT 1;"), " SELECT 1");
  EXPECT_EQ(without_end(" SELECT ';';\n"), " SELECT ';'");
  EXPECT_EQ(without_end(""), "");
}

}  // namespace
}  // namespace pghaul::verify
