#include "tasks/large_objects_sql.h"

#include <gtest/gtest.h>

namespace pghaul::tasks {
namespace {

catalog::Catalog with_ranges(std::vector<catalog::Oid> starts, std::vector<catalog::Oid> unreadable = {}) {
  catalog::Catalog source;
  source.large_objects.range_starts = std::move(starts);
  source.large_objects.unreadable = std::move(unreadable);
  return source;
}

TEST(LargeObjectRange, ReachesToTheNextOnesFirst) {
  const catalog::Catalog source = with_ranges({0, 20000, 30000});
  EXPECT_EQ(in_range(source, 0), "oid >= 0 AND oid < 20000");
  EXPECT_EQ(in_range(source, 1, "m.oid"), "m.oid >= 20000 AND m.oid < 30000");
  EXPECT_EQ(in_range(source, 2), "oid >= 30000");
}

TEST(LargeObjectRange, LeavesOutItsOwnUnreadableObjectsAlone) {
  const catalog::Catalog source = with_ranges({100, 20000, 30000}, {50, 19999, 20000, 29999, 30000, 40000});
  const auto left_out = [&](catalog::Place range) {
    const std::string sql = in_range(source, range);
    const std::size_t at = sql.find('{');
    return at == std::string::npos ? "" : sql.substr(at, sql.find('}') + 1 - at);
  };
  EXPECT_EQ(left_out(0), "{50,19999}");
  EXPECT_EQ(left_out(1), "{20000,29999}");
  EXPECT_EQ(left_out(2), "{30000,40000}");
}

TEST(LargeObjectRange, SaysNothingOfUnreadableObjectsWhereItHasNone) {
  EXPECT_EQ(in_range(with_ranges({0, 20000}, {30000}), 0), "oid >= 0 AND oid < 20000");
}

TEST(LargeObjectPieces, AreLimitedForASampleOnly) {
  const catalog::Catalog source = with_ranges({0});
  EXPECT_EQ(copy_large_objects_sql(source, 0).find("LIMIT"), std::string::npos);
  EXPECT_NE(copy_large_objects_sql(source, 0, 12).find(" LIMIT 12)"), std::string::npos);
}

}  // namespace
}  // namespace pghaul::tasks
