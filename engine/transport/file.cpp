#include "transport/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace pghaul::transport {

File::~File() {
  if (descriptor_ >= 0) close(descriptor_);
}

File::File(File&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

Result<std::size_t> File::read(std::span<std::byte> bytes) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::read(descriptor_, bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("read", path_);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

Status File::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure("write", path_);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Status File::sync() {
  if (fsync(descriptor_) != 0) return system_failure("flush", path_);
  return {};
}

void File::begin_sync() noexcept {
  sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE);
}

bool File::lock() noexcept {
  return flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
}

Result<std::uint64_t> File::size() const {
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) return system_failure("look at", path_);
  return static_cast<std::uint64_t>(status.st_size);
}

tl::unexpected<Error> system_failure(const std::string& doing, const std::string& path) {
  const int number = errno;
  const char* hint = "";
  if (number == ENOSPC || number == EDQUOT) hint = "make room there, or give a folder on another disk";
  if (number == EACCES || number == EPERM) hint = "run pghaul as a user who may, or give another folder";
  return fail(ErrorCode::system, "cannot " + doing + " " + path + ": " + std::strerror(number), hint);
}

}  // namespace pghaul::transport
