#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"
#include "support/process.h"

namespace pghaul {
namespace {

/// A file system of few megabytes in memory, that user postgres may use.
class SmallDisk {
 public:
  explicit SmallDisk(int megabytes)
      : path_(std::filesystem::temp_directory_path() / ("pghaul-disk-" + std::to_string(getpid()))) {
    std::filesystem::create_directory(path_);
    const std::string size = "mode=0777,size=" + std::to_string(megabytes) + "m";
    if (mount("none", path_.c_str(), "tmpfs", 0, size.c_str()) != 0) {
      missing_ = std::string("a file system can't be mounted here: ") + std::strerror(errno);
    }
  }
  ~SmallDisk() {
    if (missing_.empty()) umount(path_.c_str());
    std::filesystem::remove(path_);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] const std::string& missing() const noexcept { return missing_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  void grow(int megabytes) const {
    const std::string size = "size=" + std::to_string(megabytes) + "m";
    ASSERT_EQ(mount("none", path_.c_str(), "tmpfs", MS_REMOUNT, size.c_str()), 0);
  }

 private:
  std::string path_;
  std::string missing_;
};

TEST(DiskFull, OnTheTargetStopsTheCopy) {
  const SmallDisk disk(30);
  if (!disk.missing().empty()) GTEST_SKIP() << disk.missing();
  const support::Database source(support::shared_source());
  source.psql(
      "create table small as select generate_series(1, 1000) as id;"
      "create table big as select i as id, repeat(md5(i::text), 20) as words from generate_series(1, 80000) "
      "i;"
      "create index on big (words);");
  const support::Cluster server;
  std::filesystem::create_directory(disk.path() + "/space");
  ASSERT_EQ(support::run_command({"chown", "postgres:", disk.path() + "/space"}).exit_status, 0);
  server.psql("postgres", "create tablespace small_disk location '" + disk.path() + "/space'");
  const support::Database target(server, "tablespace small_disk");

  const support::Haul run = support::haul({"copy", source.uri(), target.uri(), "--progress", "none"});
  EXPECT_EQ(run.exit_status, 5) << run.err;
  EXPECT_EQ(run.report["error"]["sqlstate"], "53100") << run.report["error"];
  EXPECT_NE(run.err.find("No space left on device"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("hint: "), std::string::npos) << run.err;
}

}  // namespace
}  // namespace pghaul
