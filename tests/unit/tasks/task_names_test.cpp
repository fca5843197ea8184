#include "tasks/task_names.h"

#include <gtest/gtest.h>

#include "support/catalog_builder.h"

namespace pghaul::tasks {
namespace {

using plan::TaskKind;

TEST(TaskNames, SaysWhichPortionOfATableATaskIsFor) {
  support::CatalogBuilder source;
  const catalog::Place orders = source.table("orders");
  const TaskNames names(source.catalog, 0);
  EXPECT_EQ(names.describe({.objects = {orders}}), "public.orders");
  EXPECT_EQ(names.describe({.objects = {orders}, .pages = {64, 128}}), "public.orders from page 64");
  EXPECT_EQ(names.describe({.kind = TaskKind::read_back, .objects = {orders}, .part = 1, .parts = 4}),
            "public.orders 2/4");
}

TEST(TaskNames, CountsTheObjectsBesideTheFirst) {
  support::CatalogBuilder source;
  const catalog::Place orders = source.table("orders");
  const catalog::Place items = source.table("items");
  const TaskNames names(source.catalog, 0);
  EXPECT_EQ(names.describe({.objects = {items, orders}}), "public.items and 1 more");
  EXPECT_EQ(names.object_of({.objects = {items}}), "public.items");
  EXPECT_EQ(names.object_of({.objects = {items, orders}}), "");
}

TEST(TaskNames, NameIndexesAndConstraintsByTheirOwnNames) {
  support::CatalogBuilder source;
  const catalog::Place orders = source.table("orders");
  source.catalog.indexes.push_back({.name = {"public", "orders_total"}, .relation = orders});
  source.catalog.constraints.push_back({.name = "orders_key", .relation = orders});
  const TaskNames names(source.catalog, 0);
  EXPECT_EQ(names.describe({.kind = TaskKind::index, .objects = {0}}), "public.orders_total");
  EXPECT_EQ(names.describe({.kind = TaskKind::validate, .objects = {0}}), "public.orders_key");
}

TEST(TaskNames, CountWhatHasNoNameOfItsOwn) {
  support::CatalogBuilder source;
  source.catalog.large_objects.range_starts = {1, 1000};
  const TaskNames names(source.catalog, 3);
  const plan::Task objects{.kind = TaskKind::large_objects, .objects = {1}};
  EXPECT_EQ(names.describe(objects), "large objects 2/2");
  EXPECT_EQ(names.object_of(objects), "");
  EXPECT_EQ(names.describe({.kind = TaskKind::post_data}), "3 other objects");
}

}  // namespace
}  // namespace pghaul::tasks
