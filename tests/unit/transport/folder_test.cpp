#include "transport/folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>

namespace pghaul::transport {
namespace {

namespace fs = std::filesystem;

class FolderTest : public testing::Test {
 protected:
  FolderTest() {
    std::string name = fs::temp_directory_path() / "pghaul-folder-XXXXXX";
    path = mkdtemp(name.data());
    folder.emplace(*Folder::open(path));
  }
  ~FolderTest() override { fs::remove_all(path); }

  std::string path;
  std::optional<Folder> folder;
};

TEST_F(FolderTest, GivesBackWhatWasWrittenAsAWhole) {
  ASSERT_TRUE(folder->write_whole("manifest.json", "old"));
  ASSERT_TRUE(folder->write_whole("manifest.json", "new"));
  EXPECT_EQ(folder->read_whole("manifest.json", 3), "new");
  EXPECT_EQ(folder->names(), std::vector<std::string>{"manifest.json"});  // nothing is left beside it
}

TEST_F(FolderTest, ReadsNoMoreThanItIsToldTo) {
  ASSERT_TRUE(folder->write_whole("manifest.json", "1234"));
  EXPECT_FALSE(folder->read_whole("manifest.json", 3));
}

TEST_F(FolderTest, ReachesNothingOutsideByAName) {
  for (const char* name : {"..", ".", "", "a/b", "/etc/passwd", ".hidden", "a b", "a\nb"}) {
    EXPECT_FALSE(Folder::is_plain(name)) << name;
    EXPECT_FALSE(folder->create_file(name)) << name;
    EXPECT_FALSE(folder->open_file(name)) << name;
    EXPECT_FALSE(folder->create_folder(name)) << name;
    EXPECT_FALSE(folder->open_folder(name)) << name;
    EXPECT_FALSE(folder->has(name)) << name;
    EXPECT_FALSE(folder->rename("a", name)) << name;
  }
}

TEST_F(FolderTest, FollowsNoSymbolicLink) {
  fs::create_symlink("/etc", path + "/etc");
  fs::create_symlink("/etc/passwd", path + "/passwd");
  EXPECT_FALSE(folder->open_folder("etc"));
  EXPECT_FALSE(folder->open_file("passwd"));
}

TEST_F(FolderTest, StaysTheSameWhenItIsRenamed) {
  const std::string elsewhere = path + "-renamed";
  fs::rename(path, elsewhere);
  EXPECT_TRUE(folder->write_whole("a", "x"));
  EXPECT_TRUE(fs::exists(elsewhere + "/a"));
  fs::rename(elsewhere, path);
}

TEST_F(FolderTest, IsClosedToOthersOnceItIsMadeOurs) {
  fs::permissions(path, fs::perms::all);
  ASSERT_TRUE(Folder::create(path));
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
}

TEST_F(FolderTest, RemovesWhateverStandsInItAndNothingElse) {
  std::ofstream(path + "/.stray file") << "x";
  EXPECT_TRUE(folder->remove(".stray file"));
  EXPECT_TRUE(folder->names()->empty());
  std::ofstream(path + "-outside") << "x";
  EXPECT_FALSE(folder->remove("../" + fs::path(path).filename().string() + "-outside"));
  EXPECT_TRUE(fs::remove(path + "-outside"));
}

TEST_F(FolderTest, RemovesAFileThatIsNotThere) {
  EXPECT_TRUE(folder->remove("never-was"));
}

}  // namespace
}  // namespace pghaul::transport
