#include "transport/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace pghaul::transport {
namespace {

tl::unexpected<Error> failure(const char* doing, const std::string& path, const char* hint = "") {
  const int number = errno;
  if (number == ENOSPC || number == EDQUOT) hint = "make room there, or give a folder on another disk";
  return fail(ErrorCode::system, std::string("cannot ") + doing + " " + path + ": " + std::strerror(number),
              hint);
}

}  // namespace

Result<File> File::create(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) return failure("create", path);
  return File(descriptor, path);
}

Result<File> File::open(const std::string& path) {
  // O_NONBLOCK: a pipe in the file's place would otherwise wait for its writer.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return failure("open", path);
  File file(descriptor, path);
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return failure("open", path);
  if (!S_ISREG(status.st_mode))
    return fail(ErrorCode::system, "cannot open " + path + ": it is no plain file");
  return file;
}

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
    if (got < 0) return failure("read", path_);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

Status File::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure("write", path_);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Status File::sync() {
  if (fsync(descriptor_) != 0) return failure("flush", path_);
  return {};
}

Result<std::uint64_t> File::size() const {
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) return failure("look at", path_);
  return static_cast<std::uint64_t>(status.st_size);
}

Status sync_folder(const std::string& path) {
  const int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return failure("open", path);
  const int synced = fsync(folder);
  const int number = errno;
  close(folder);
  errno = number;
  if (synced != 0) return failure("flush", path);
  return {};
}

}  // namespace pghaul::transport
