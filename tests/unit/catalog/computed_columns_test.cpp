#include <gtest/gtest.h>

#include "catalog/model.h"

namespace pghaul::catalog {
namespace {

Relation table_with(std::vector<Column> columns) {
  Relation table;
  table.columns = std::move(columns);
  return table;
}

std::vector<std::string> names(const std::vector<Column>& columns) {
  std::vector<std::string> list;
  for (const Column& column : columns) list.push_back(column.name);
  return list;
}

TEST(ComputedColumns, AreNoneOfATableWithoutGeneratedOnes) {
  EXPECT_TRUE(computed_columns(table_with({{.name = "id", .in_key = true}, {.name = "a"}})).empty());
}

TEST(ComputedColumns, AreThoseGeneratedBesideTheKey) {
  const Relation table =
      table_with({{.name = "id", .in_key = true}, {.name = "wide"}, {.name = "g", .generated = true}});
  EXPECT_EQ(names(computed_columns(table)), (std::vector<std::string>{"id", "g"}));
}

TEST(ComputedColumns, AreAllOfATableWithoutAKey) {
  const Relation table = table_with({{.name = "a"}, {.name = "g", .generated = true}});
  EXPECT_EQ(names(computed_columns(table)), (std::vector<std::string>{"a", "g"}));
}

TEST(ComputedColumns, AreAllOfAMaterializedViewThatHasRows) {
  Relation view = table_with({{.name = "a"}, {.name = "b"}});
  view.kind = 'm';
  EXPECT_EQ(names(computed_columns(view)), (std::vector<std::string>{"a", "b"}));
  view.populated = false;
  EXPECT_TRUE(computed_columns(view).empty());
}

TEST(ComputedColumns, AreNoneOfATableThatIsNotRead) {
  Relation table = table_with({{.name = "g", .generated = true}});
  table.readable = false;
  EXPECT_TRUE(computed_columns(table).empty());
}

}  // namespace
}  // namespace pghaul::catalog
