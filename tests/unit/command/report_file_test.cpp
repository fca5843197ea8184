#include "pghaul/report_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace pghaul::command {
namespace {

class ReportFile : public testing::Test {
 protected:
  ReportFile()
      : folder_(std::filesystem::temp_directory_path() / ("pghaul-report-" + std::to_string(getpid()))) {
    std::filesystem::create_directory(folder_);
  }
  ~ReportFile() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(ReportFile, ReplacesTheOldOneAndIsForItsOwnerOnly) {
  const std::string path = folder_ / "run.json";
  std::ofstream(path) << "old";
  ASSERT_TRUE(write_report_file(path, "new"));
  EXPECT_EQ(content_of(path), "new");
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
}

TEST_F(ReportFile, LeavesNothingElseBehind) {
  ASSERT_TRUE(write_report_file(folder_ / "run.json", "new"));
  std::filesystem::create_directory(folder_ / "folder.json");
  EXPECT_FALSE(write_report_file(folder_ / "folder.json", "new"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 2);
}

TEST_F(ReportFile, IsKnownBeforehandToBeImpossible) {
  EXPECT_TRUE(check_report_file(folder_ / "run.json"));
  EXPECT_FALSE(check_report_file(folder_));
  const auto missing = check_report_file(folder_ / "nowhere/run.json");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("No such file or directory"), std::string::npos);
}

TEST_F(ReportFile, TakesThePlaceOfALinkAndLeavesAloneWhatThatLeadsTo) {
  std::ofstream(folder_ / "precious") << "old";
  std::filesystem::create_symlink(folder_ / "precious", folder_ / "run.json");
  ASSERT_TRUE(check_report_file(folder_ / "run.json"));
  ASSERT_TRUE(write_report_file(folder_ / "run.json", "new"));
  EXPECT_EQ(content_of(folder_ / "precious"), "old");
}

TEST_F(ReportFile, TakesThePlaceOfNoDevice) {
  const auto null = check_report_file("/dev/null");
  ASSERT_FALSE(null);
  EXPECT_NE(null.error().message.find("it is not a file"), std::string::npos) << null.error().message;
}

}  // namespace
}  // namespace pghaul::command
