#include "compare/rows_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace pghaul::compare {
namespace {

TEST(RowsFile, IsNotWantedWithoutAName) {
  const Result<RowsFile> none = RowsFile::create({});
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->wanted());
}

TEST(RowsFile, HoldsWholeLinesThatOnlyItsOwnerMayRead) {
  std::string folder = (std::filesystem::temp_directory_path() / "pghaul-rows-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/rows.ndjson";
  {
    Result<RowsFile> file = RowsFile::create(path);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("{\"table\":\"t\"}\n"));
    ASSERT_TRUE(file->write("{\"table\":\"u\"}\n{\"table\":\"v\"}\n"));
  }
  std::ifstream read(path);
  std::ostringstream text;
  text << read.rdbuf();
  EXPECT_EQ(text.str(), "{\"table\":\"t\"}\n{\"table\":\"u\"}\n{\"table\":\"v\"}\n");
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600);
  std::filesystem::remove_all(folder);
}

TEST(RowsFile, SaysWhichFileCannotBeMade) {
  const Result<RowsFile> file = RowsFile::create("/nonexistent/rows.ndjson");
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().message.find("/nonexistent/rows.ndjson"), std::string::npos) << file.error().message;
}

}  // namespace
}  // namespace pghaul::compare
