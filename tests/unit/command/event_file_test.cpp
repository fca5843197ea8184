#include "pghaul/event_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace pghaul::command {
namespace {

class EventsInAFile : public testing::Test {
 protected:
  EventsInAFile()
      : folder_(std::filesystem::temp_directory_path() / ("pghaul-events-" + std::to_string(getpid()))) {
    std::filesystem::create_directory(folder_);
    std::ofstream(folder_ / "precious") << "old";
  }
  ~EventsInAFile() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string content_of(const char* name) const {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::filesystem::path folder_;
};

TEST_F(EventsInAFile, ReplaceWhatItHeld) {
  auto file = EventFile::open(folder_ / "precious");
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->write("{}"));
  EXPECT_EQ(content_of("precious"), "{}\n");
}

TEST_F(EventsInAFile, FollowNoLinkToAFile) {
  std::filesystem::create_symlink(folder_ / "precious", folder_ / "events");
  std::filesystem::create_symlink(folder_ / "none", folder_ / "dangling");
  const auto file = EventFile::open(folder_ / "events");
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().message.find("symbolic link"), std::string::npos) << file.error().message;
  EXPECT_EQ(content_of("precious"), "old");
  EXPECT_FALSE(EventFile::open(folder_ / "dangling"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none"));
}

TEST_F(EventsInAFile, FollowALinkToADevice) {
  std::filesystem::create_symlink("/dev/null", folder_ / "events");
  auto file = EventFile::open(folder_ / "events");
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->write("{}"));
}

}  // namespace
}  // namespace pghaul::command
