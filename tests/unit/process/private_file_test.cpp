#include "process/private_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace pghaul::process {
namespace {

TEST(PrivateFile, HasItsContentButNoName) {
  const Result<PrivateFile> file = PrivateFile::create("secret\n");
  ASSERT_TRUE(file);
  EXPECT_EQ(*file->read(), "secret\n");
  struct stat status {};
  ASSERT_EQ(fstat(file->descriptor(), &status), 0);
  EXPECT_EQ(status.st_nlink, 0U);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(PrivateFile, IsWrittenByItsPath) {
  const Result<PrivateFile> file = PrivateFile::create("old content");
  ASSERT_TRUE(file);
  std::ofstream(file->path()) << "new";
  EXPECT_EQ(*file->read(), "new");
}

TEST(PrivateFile, OutlivesAMove) {
  Result<PrivateFile> file = PrivateFile::create("x");
  ASSERT_TRUE(file);
  const PrivateFile moved = std::move(*file);
  EXPECT_EQ(*moved.read(), "x");
}

TEST(PrivateFile, IsInMemoryWhereNobodyMayWriteToTheFolder) {
  setenv("TMPDIR", "/sys", 1);
  const Result<PrivateFile> file = PrivateFile::create("kept");
  unsetenv("TMPDIR");
  ASSERT_TRUE(file) << file.error().message;
  std::ofstream(file->path(), std::ios::app) << " in memory";
  EXPECT_EQ(*file->read(), "kept in memory");
  struct stat status {};
  ASSERT_EQ(fstat(file->descriptor(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(PrivateFile, SaysWhichFolderCanNotBeUsed) {
  setenv("TMPDIR", "/nowhere/at/all", 1);
  const Result<PrivateFile> file = PrivateFile::create();
  unsetenv("TMPDIR");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::system);
  EXPECT_NE(file.error().hint.find("TMPDIR"), std::string::npos);
}

}  // namespace
}  // namespace pghaul::process
