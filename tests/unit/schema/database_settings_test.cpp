#include "schema/database_settings.h"

#include <gtest/gtest.h>

namespace pghaul::schema {
namespace {

TEST(SetForDatabase, SetsForEveryRole) {
  EXPECT_EQ(set_for_database({"", "work_mem", "5MB"}, "my \"db\""),
            R"(ALTER DATABASE "my ""db""" SET "work_mem" TO '5MB')");
}

TEST(SetForDatabase, SetsForOneRole) {
  EXPECT_EQ(set_for_database({"app", "my.note", "it's"}, "db"),
            R"(ALTER ROLE "app" IN DATABASE "db" SET "my.note" TO 'it''s')");
}

TEST(SetForDatabase, TakesAListOfNamesApart) {
  EXPECT_EQ(set_for_database({"", "search_path", R"("$user", "a, ""b""", public)"}, "db"),
            R"(ALTER DATABASE "db" SET "search_path" TO '$user', 'a, "b"', 'public')");
}

TEST(SetForDatabase, KeepsAnEmptyListEmpty) {
  EXPECT_EQ(set_for_database({"", "search_path", R"("")"}, "db"),
            R"(ALTER DATABASE "db" SET "search_path" TO '')");
}

TEST(SetForDatabase, LeavesAListOfOtherThingsWhole) {
  EXPECT_EQ(set_for_database({"", "DateStyle", "SQL, DMY"}, "db"),
            R"(ALTER DATABASE "db" SET "DateStyle" TO 'SQL, DMY')");
}

}  // namespace
}  // namespace pghaul::schema
