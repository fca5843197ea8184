#include "discovery/left_out_rows.h"

#include <gtest/gtest.h>

namespace pghaul::discovery {
namespace {

catalog::Relation relation(catalog::Oid oid, catalog::Name name, char kind = 'r', catalog::Oid parent = 0) {
  catalog::Relation one;
  one.oid = oid;
  one.name = std::move(name);
  one.kind = kind;
  one.parent = parent;
  return one;
}

/// Two tables of one name, a partitioned table with a partition, and a view that reads a view.
class LeftOutRows : public testing::Test {
 protected:
  LeftOutRows() {
    found_.source.relations = {relation(1, {"public", "log"}),        relation(2, {"audit", "log"}),
                               relation(3, {"public", "p"}, 'p'),     relation(4, {"public", "p1"}, 'r', 3),
                               relation(5, {"public", "below"}, 'm'), relation(6, {"public", "above"}, 'm')};
    found_.source.relations[4].depends_on = {1};
    found_.source.relations[5].depends_on = {5};
  }

  Status leave_out(const std::vector<std::string>& patterns) {
    Options options;
    options.excluded_table_data = patterns;
    return leave_out_rows(found_, options, {});
  }
  [[nodiscard]] bool has_rows(catalog::Oid oid) const { return found_.source.relations[oid - 1].with_rows; }

  Discovery found_;
};

TEST_F(LeftOutRows, AreThoseOfTablesThatMatch) {
  ASSERT_TRUE(leave_out({"public.l*", "p1"}));
  EXPECT_FALSE(has_rows(1));
  EXPECT_TRUE(has_rows(2));
  EXPECT_FALSE(has_rows(4));
  ASSERT_EQ(found_.left_out.size(), 2U);
  EXPECT_EQ(found_.left_out[0].object, "rows of table public.log");
  EXPECT_EQ(lacking_rows(found_.source), (std::set<catalog::Oid>{1, 3, 4}));
}

TEST_F(LeftOutRows, LeaveViewsUncompared) {
  ASSERT_TRUE(leave_out({"audit.log"}));
  EXPECT_TRUE(found_.source.relations[4].readable);
  ASSERT_TRUE(leave_out({"public.log"}));
  EXPECT_FALSE(found_.source.relations[4].readable);
  EXPECT_FALSE(found_.source.relations[5].readable);
}

TEST_F(LeftOutRows, AreNotGuessedAmongSchemas) {
  const Status ambiguous = leave_out({"log"});
  ASSERT_FALSE(ambiguous);
  EXPECT_EQ(ambiguous.error().code, ErrorCode::usage);
  EXPECT_NE(ambiguous.error().message.find("audit, public"), std::string::npos) << ambiguous.error().message;
}

TEST_F(LeftOutRows, OfNoTableAreWarnedOf) {
  ASSERT_TRUE(leave_out({"public.p"}));
  ASSERT_EQ(found_.findings.size(), 1U);
  EXPECT_EQ(found_.findings[0].severity, plan::Finding::Severity::warning);
  EXPECT_TRUE(found_.left_out.empty());
}

TEST_F(LeftOutRows, AreAllWhereOnlyTheSchemaIsWanted) {
  Options options;
  options.schema_only = true;
  found_.source.sequences.push_back({});
  ASSERT_TRUE(leave_out_rows(found_, options, {}));
  EXPECT_FALSE(has_rows(1));
  EXPECT_TRUE(found_.source.sequences.empty());
  EXPECT_EQ(found_.left_out.size(), 2U);
}

TEST(Where, IsDividedAtTheFirstEqualsSignOutsideOfQuotes) {
  const Result<RowsOfTable> plain = parse_where("app.t=id = 1");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->table, "app.t");
  EXPECT_EQ(plain->condition, "id = 1");
  const Result<RowsOfTable> quoted = parse_where("\"a=b\".t=true");
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->table, "\"a=b\".t");
  for (const char* wrong : {"", "t", "t=", "=true", "t= \n", "\"t=true"})
    EXPECT_FALSE(parse_where(wrong)) << wrong;
}

}  // namespace
}  // namespace pghaul::discovery
