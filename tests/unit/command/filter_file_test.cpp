#include "pghaul/filter_file.h"

#include <gtest/gtest.h>

#include <fstream>

namespace pghaul::command {
namespace {

std::vector<Setting> settings(const std::string& text) {
  const auto parsed = parse_filter(text, "a file");
  if (parsed) return *parsed;
  ADD_FAILURE() << parsed.error().message;
  return {};
}

std::string error(const std::string& text) {
  const auto parsed = parse_filter(text, "a file");
  return parsed ? "" : parsed.error().message;
}

TEST(FilterFile, SaysWhatOptionsSay) {
  const std::vector<Setting> expected = {
      {"table", "app.*"},         {"exclude-table", "app.audit*"},   {"schema", "public"},
      {"exclude-schema", "tmp"},  {"exclude-table-data", "app.log"}, {"extension", "hstore"},
      {"exclude-extension", "c*"}};
  EXPECT_EQ(settings("include table app.*\nexclude table\tapp.audit*\n  include schema public\n"
                     "exclude schema tmp\nexclude table_data app.log\ninclude extension hstore\n"
                     "exclude extension c*"),
            expected);
}

TEST(FilterFile, TakesCommentsAndEmptyLines) {
  const std::vector<Setting> expected = {{"table", "a"}, {"table", "\"b # no comment\""}};
  EXPECT_EQ(settings("# all of it\n\n  include table a # the first\n\ninclude table \"b # no comment\"#\n"),
            expected);
  EXPECT_TRUE(settings("").empty());
}

TEST(FilterFile, KeepsQuotedNamesAsTheyAre) {
  EXPECT_EQ(settings("include table \"two\nlines\" . \"a \"\" quote\"").front().value,
            "\"two\nlines\".\"a \"\" quote\"");
  EXPECT_EQ(settings("include table  one   two  ").front().value, "one two");
}

TEST(FilterFile, NamesTheLineOfAnError) {
  EXPECT_EQ(error("include table a\n\nexclud table b"),
            "a file, line 3: 'exclud' is neither include nor exclude");
  EXPECT_EQ(error("include tables a"), "a file, line 1: 'tables' is no kind of object");
  EXPECT_EQ(error("include table"), "a file, line 1: there is no pattern");
  EXPECT_EQ(error("include table # a"), "a file, line 1: there is no pattern");
  EXPECT_EQ(error("include table \"a\nb"), "a file, line 1: a quote is not closed");
}

TEST(FilterFile, RefusesWhatPghaulCannotDo) {
  EXPECT_EQ(error("include table_data a"), "a file, line 1: pghaul has no way to include table_data");
  EXPECT_EQ(error("exclude table_and_children a"),
            "a file, line 1: pghaul has no way to exclude table_and_children");
}

TEST(FilterFile, IsReadFromAFolder) {
  const std::string file = testing::TempDir() + "pghaul_filter";
  std::ofstream(file) << "include table a\n";
  const auto read = read_filter(file);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, (std::vector<Setting>{{"table", "a"}}));
  EXPECT_FALSE(read_filter(file + "/none"));
}

}  // namespace
}  // namespace pghaul::command
