#include "catalog/model.h"

#include <gtest/gtest.h>

namespace pghaul::catalog {
namespace {

TEST(Labels, NameASettingWithTheRoleThatItIsFor) {
  EXPECT_EQ(label(DatabaseSetting{.role = "", .name = "work_mem", .value = "1GB"}),
            "setting of the database: work_mem");
  EXPECT_EQ(label(DatabaseSetting{.role = "The App", .name = "work_mem", .value = "1GB"}),
            "setting of the database: work_mem of role \"The App\"");
}

TEST(Labels, NameAPropertyOfTheDatabase) {
  EXPECT_EQ(label(DatabaseProperty{.kind = 'a', .name = "CONNECT for reader", .value = "granted"}),
            "property of the database: CONNECT for reader");
}

TEST(Labels, NameATriggerOfAConstraintByBothTables) {
  const ConstraintTrigger trigger{.relation = {"public", "Orders"},
                                  .constrained = {"sales", "lines"},
                                  .constraint = "lines_order_fkey",
                                  .function = "RI_FKey_noaction_del"};
  EXPECT_EQ(label(trigger),
            "internal trigger RI_FKey_noaction_del on public.\"Orders\" for constraint lines_order_fkey of "
            "sales.lines");
}

TEST(CarriesRows, OnlyATableThatMayBeRead) {
  for (const char kind : {'p', 'f', 'm', 'v'}) {
    Relation other;
    other.kind = kind;
    other.readable = true;
    EXPECT_FALSE(carries_rows(other)) << kind;
  }
  Relation table;
  table.kind = 'r';
  table.readable = true;
  EXPECT_TRUE(carries_rows(table));
  table.readable = false;
  EXPECT_FALSE(carries_rows(table));
}

}  // namespace
}  // namespace pghaul::catalog
