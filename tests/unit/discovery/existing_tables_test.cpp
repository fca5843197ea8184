#include "discovery/existing_tables.h"

#include <gtest/gtest.h>

namespace pghaul::discovery {
namespace {

catalog::Relation table(std::vector<catalog::Column> columns) {
  catalog::Relation one;
  one.columns = std::move(columns);
  return one;
}

catalog::Column column(std::string name, std::string type, bool generated = false) {
  catalog::Column one;
  one.name = std::move(name);
  one.type_text = std::move(type);
  one.generated = generated;
  return one;
}

TEST(ExistingTables, TakeColumnsInAnyOrder) {
  EXPECT_EQ(difference_of_columns(table({column("a", "integer"), column("b", "text")}),
                                  table({column("b", "text"), column("a", "integer")})),
            "");
}

TEST(ExistingTables, AreToldApartByTheirColumns) {
  const catalog::Relation source = table({column("a", "integer"), column("B", "text")});
  EXPECT_EQ(difference_of_columns(source, table({column("a", "integer")})), "there is no column \"B\"");
  EXPECT_EQ(difference_of_columns(source, table({column("a", "bigint"), column("B", "text")})),
            "column a is integer on the source and bigint on the target");
  EXPECT_EQ(difference_of_columns(source, table({column("a", "integer", true), column("B", "text")})),
            "column a is generated on the target only");
  EXPECT_EQ(difference_of_columns(table({column("a", "integer")}), source),
            "column \"B\" is the target's alone");
}

TEST(ExistingTables, KeepForeignKeysUntilTheyAreCompared) {
  Discovery found;
  found.source.constraints.resize(2);
  found.source.constraints[1].kind = 'f';
  found.source.subscriptions = {"sub"};
  found.source.owners = {"app"};
  forget_definitions(found);
  ASSERT_EQ(found.source.constraints.size(), 1U);
  EXPECT_EQ(found.source.constraints[0].kind, 'f');
  EXPECT_TRUE(found.source.subscriptions.empty());
  EXPECT_TRUE(found.source.owners.empty());
  ASSERT_TRUE(check_existing_tables(found, false, {}));  // there is no target
  EXPECT_TRUE(found.source.constraints.empty());
}

}  // namespace
}  // namespace pghaul::discovery
