#include "platform/other_version.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "support/versions.h"

namespace pghaul::platform {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "/usr/lib/postgresql";

void require(int result, const char* what) {
  if (result != 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

void bind(const std::string& from, const std::string& to) {
  require(::mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr), "cannot mount a folder");
}

}  // namespace

OtherVersion::OtherVersion(int major) {
  const std::string folder = support::find_whole_version(major, missing_);
  if (!missing_.empty()) return;
  if (::unshare(CLONE_NEWNS) != 0) {
    missing_ = "this user can make no mount namespace";
    return;
  }
  mount_beside(folder, major);
}

/// What is installed is mounted, not linked to: PostgreSQL's programs find their files from the folder they
/// are in.
void OtherVersion::mount_beside(const std::string& folder, int major) {
  require(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "cannot make mounts private");
  below_ = "/tmp/pghaulctl-versions-XXXXXX";
  if (::mkdtemp(below_.data()) == nullptr) throw std::runtime_error("cannot make a folder in /tmp");
  bind(kFolder, below_);
  require(::mount("tmpfs", kFolder, "tmpfs", 0, "mode=755"), "cannot mount a tmpfs");
  for (const fs::directory_entry& one : fs::directory_iterator(below_)) {
    const fs::path place = kFolder / one.path().filename();
    fs::create_directory(place);
    bind(one.path(), place);
  }
  fs::create_directory_symlink(folder, std::string(kFolder) + "/" + std::to_string(major));
}

OtherVersion::~OtherVersion() {
  if (below_.empty()) return;
  ::umount2(kFolder, MNT_DETACH);
  ::umount2(below_.c_str(), MNT_DETACH);
  ::rmdir(below_.c_str());
}

}  // namespace pghaul::platform
