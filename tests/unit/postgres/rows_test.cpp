#include "postgres/rows.h"

#include <gtest/gtest.h>

#include <vector>

namespace pghaul::postgres {
namespace {

/// One row of these values; nullptr: NULL.
Rows row_of(const std::vector<const char*>& values) {
  PGresult* result = PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK);
  std::vector<PGresAttDesc> columns(values.size());
  char name[] = "c";
  for (PGresAttDesc& column : columns) column.name = name;
  PQsetResultAttrs(result, static_cast<int>(columns.size()), columns.data());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int length = values[i] == nullptr ? -1 : static_cast<int>(std::string_view(values[i]).size());
    PQsetvalue(result, 0, static_cast<int>(i), const_cast<char*>(values[i]), length);
  }
  return Rows(result);
}

TEST(Rows, ReadNumbersAsFarAsTheirTypesReach) {
  const Rows rows = row_of({"-9223372036854775808", "4294967295", "1e-300", "t", "f"});
  EXPECT_EQ(rows.integer(0, 0), INT64_MIN);
  EXPECT_EQ(rows.oid(0, 1), 4294967295U);
  EXPECT_DOUBLE_EQ(rows.real(0, 2), 1e-300);
  EXPECT_TRUE(rows.boolean(0, 3));
  EXPECT_FALSE(rows.boolean(0, 4));
}

TEST(Rows, TellNullFromAnEmptyText) {
  const Rows rows = row_of({nullptr, ""});
  EXPECT_TRUE(rows.is_null(0, 0));
  EXPECT_FALSE(rows.is_null(0, 1));
  EXPECT_EQ(rows.text(0, 0), "");
  EXPECT_EQ(rows.integer(0, 0), 0);
}

TEST(Rows, ReadArraysOfOids) {
  const Rows rows = row_of({"{16384,4294967295}", "{}", "{7}", nullptr});
  EXPECT_EQ(rows.oids(0, 0), (std::vector<std::uint32_t>{16384, 4294967295U}));
  EXPECT_TRUE(rows.oids(0, 1).empty());
  EXPECT_EQ(rows.oids(0, 2), std::vector<std::uint32_t>{7});
  EXPECT_TRUE(rows.oids(0, 3).empty());
}

}  // namespace
}  // namespace pghaul::postgres
