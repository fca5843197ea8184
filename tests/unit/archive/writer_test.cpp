#include "archive/writer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "archive/layout.h"
#include "archive/reader.h"

namespace pghaul::archive {
namespace {

namespace fs = std::filesystem;

/// A folder for one test.
class ArchiveWriter : public testing::Test {
 protected:
  ArchiveWriter() {
    std::string name = fs::temp_directory_path() / "pghaul-archive-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~ArchiveWriter() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path() const { return folder_ + "/shop"; }
  [[nodiscard]] static Journal::Header header() { return {.job = {{"source", "1/2"}}}; }
  void append_to_journal(const std::string& text) const {
    std::ofstream(path() + "/journal.jsonl", std::ios::app) << text;
  }

  std::string folder_;
};

unsigned mode_of(const std::string& path) {
  struct stat status {};
  stat(path.c_str(), &status);
  return status.st_mode & 0777U;
}

TEST_F(ArchiveWriter, LeavesAnUnfinishedArchiveUntilItIsComplete) {
  EXPECT_EQ(*look_at_folder(path()), FolderState::absent);
  {
    const Result<Writer> writer = Writer::create(path(), header());
    ASSERT_TRUE(writer) << writer.error().message;
  }
  EXPECT_EQ(*look_at_folder(path()), FolderState::unfinished);
  const Result<Reader> reader = Reader::open(path());
  ASSERT_FALSE(reader);
  EXPECT_NE(reader.error().message.find("not finished"), std::string::npos);
  EXPECT_EQ(mode_of(path()), 0700U);
  EXPECT_EQ(mode_of(path() + "/journal.jsonl"), 0600U);
}

TEST_F(ArchiveWriter, GoesOnWithWhatWasRecorded) {
  {
    Result<Writer> writer = Writer::create(path(), header());
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->record({.rows = {.file = "a", .bytes = 7, .digest = "d"}, .seconds = 1.5}));
  }
  append_to_journal("{\"file\": \"b\", \"by");  // the machine went down
  {
    Result<Writer> writer = Writer::reopen(path());
    ASSERT_TRUE(writer) << writer.error().message;
    EXPECT_EQ(writer->journal().header().job.at("source"), "1/2");
    EXPECT_EQ(writer->journal().done("a")->rows.bytes, 7U);
    EXPECT_FALSE(writer->journal().done("b"));
    ASSERT_TRUE(writer->record({.rows = {.file = "c"}}));
  }
  const Result<Writer> again = Writer::reopen(path());
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->journal().done("a") && again->journal().done("c"));
}

TEST_F(ArchiveWriter, IsTheOnlyOne) {
  const Result<Writer> writer = Writer::create(path(), header());
  ASSERT_TRUE(writer);
  const Result<Writer> other = Writer::reopen(path());
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("another pghaul"), std::string::npos) << other.error().message;
}

TEST_F(ArchiveWriter, DoesNotFollowLinks) {
  std::ofstream(folder_ + "/precious") << "precious";
  fs::create_directories(path());
  fs::create_symlink(folder_ + "/precious", path() + "/journal.jsonl");
  EXPECT_FALSE(Writer::create(path(), header()));
  std::string content;
  std::getline(std::ifstream(folder_ + "/precious"), content);
  EXPECT_EQ(content, "precious");
}

TEST_F(ArchiveWriter, WritesRowsNowhereButIntoItsFolder) {
  const Result<Writer> writer = Writer::create(path(), header());
  ASSERT_TRUE(writer);
  for (const char* name : {"../escaped", "/tmp/escaped", "..", "a/b", ""})
    EXPECT_FALSE(writer->create_rows(name)) << name;
}

}  // namespace
}  // namespace pghaul::archive
