#include "postgres/publication.h"

#include <gtest/gtest.h>

namespace pghaul::postgres {
namespace {

TEST(PublicationSql, ListsTables) {
  EXPECT_EQ(create_publication("p\"q", {}), "CREATE PUBLICATION \"p\"\"q\"");
  EXPECT_EQ(create_publication("p", {"\"a\".\"b\"", "\"c\".\"d\""}),
            "CREATE PUBLICATION \"p\" FOR TABLE ONLY \"a\".\"b\", ONLY \"c\".\"d\"");
}

TEST(PublicationSql, AddsTablesOnlyUnderTheirLock) {
  EXPECT_EQ(
      add_to_publication("p", {"\"a\".\"b\""}),
      "BEGIN; LOCK TABLE ONLY \"a\".\"b\" IN SHARE ROW EXCLUSIVE MODE; ALTER PUBLICATION \"p\" ADD TABLE ONLY"
      " \"a\".\"b\"; COMMIT");
}

}  // namespace
}  // namespace pghaul::postgres
