#include "tasks/stored_file.h"

#include <gtest/gtest.h>

#include "support/catalog_builder.h"

namespace pghaul::tasks {
namespace {

using plan::TaskKind;

catalog::Relation named(const std::string& schema, const std::string& name) {
  catalog::Relation relation;
  relation.name = {schema, name};
  return relation;
}

TEST(StoredFile, OfATableHasItsNumberItsNameAndThePart) {
  EXPECT_EQ(stored_table_file(named("public", "orders"), 12, 3), "000012-public.orders.3.frames");
}

TEST(StoredFile, OfATableHasNothingThatAFileSystemOrAShellMinds) {
  EXPECT_EQ(stored_table_file(named("..", "a/b \"c\" \xc3\xa4$(x)\n"), 0, 0),
            "000000---.a-b--c------x--.0.frames");
}

TEST(StoredFile, OfATableIsNoLongerThanAFileSystemAllows) {
  const std::string longest(63, 'n');
  EXPECT_EQ(stored_table_file(named(longest, longest), 4'000'000'000, 0),
            "4000000000-" + std::string(40, 'n') + "." + std::string(40, 'n') + ".0.frames");
}

TEST(StoredFile, DiffersBetweenTablesWhoseNamesLookAlike) {
  EXPECT_NE(stored_table_file(named("public", "a b"), 1, 0), stored_table_file(named("public", "a-b"), 2, 0));
}

TEST(StoredFile, IsTheSameForTheTaskThatWritesItAndTheOneThatReadsItBack) {
  support::CatalogBuilder source;
  const catalog::Place table = source.table("orders");
  for (const TaskKind kind : {TaskKind::copy, TaskKind::read_back}) {
    const plan::Task task{.kind = kind, .objects = {table}, .part = 2};
    EXPECT_EQ(stored_file(source.catalog, task, table), "000000-public.orders.2.frames");
  }
  for (const TaskKind kind : {TaskKind::large_objects, TaskKind::large_objects_read_back}) {
    const plan::Task task{.kind = kind, .objects = {5}};
    EXPECT_EQ(stored_file(source.catalog, task, 5), "large-objects.5.frames");
    EXPECT_EQ(stored_properties_file(task), "large-object-properties.5.frames");
  }
}

}  // namespace
}  // namespace pghaul::tasks
