#include "transport/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

namespace pghaul::transport {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

bool is_plain_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.';
}

Status no_name(const std::string& name, const std::string& path) {
  return fail(ErrorCode::system, fmt::format("\"{}\" is not a valid file name in {}", name, path),
              "the archive is damaged, or was altered");
}

Status check_plain(const std::string& name, const std::string& path) {
  return Folder::is_plain(name) ? Status{} : no_name(name, path);
}

}  // namespace

bool Folder::is_plain(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 200 && name.front() != '.' &&
         std::ranges::all_of(name, is_plain_character);
}

Result<Folder> Folder::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), kFolderFlags);
  if (descriptor < 0) return system_failure("open", path);
  return Folder(descriptor, path);
}

Result<Folder> Folder::create(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return system_failure("create", path);
  Result<Folder> folder = open(path);
  if (folder && fchmod(folder->descriptor_, 0700) != 0) return system_failure("close to others", path);
  return folder;
}

Folder::~Folder() {
  if (descriptor_ >= 0) close(descriptor_);
}

Folder::Folder(Folder&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

Folder& Folder::operator=(Folder&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

Result<Folder> Folder::open_folder(const std::string& name) const {
  if (const Status plain = check_plain(name, path_); !plain) return fail(plain.error());
  const int descriptor = openat(descriptor_, name.c_str(), kFolderFlags | O_NOFOLLOW);
  if (descriptor < 0) return system_failure("open", shown(name));
  return Folder(descriptor, shown(name));
}

Result<Folder> Folder::create_folder(const std::string& name) const {
  if (const Status plain = check_plain(name, path_); !plain) return fail(plain.error());
  if (mkdirat(descriptor_, name.c_str(), 0700) != 0 && errno != EEXIST) {
    return system_failure("create", shown(name));
  }
  return open_folder(name);
}

Result<File> Folder::file(const std::string& name, int flags, const char* doing) const {
  if (const Status plain = check_plain(name, path_); !plain) return fail(plain.error());
  // O_NONBLOCK prevents that a pipe in the file's place makes open() wait for its other end.
  const int descriptor = openat(descriptor_, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
  if (descriptor < 0) return system_failure(doing, shown(name));
  File file(descriptor, shown(name));
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return system_failure(doing, shown(name));
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::system, fmt::format("cannot {} {}: it is not a regular file", doing, shown(name)));
  }
  return file;
}

Result<File> Folder::create_file(const std::string& name) const {
  return file(name, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW, "create");
}

Result<File> Folder::open_file(const std::string& name) const {
  return file(name, O_RDONLY, "open");
}

Result<File> Folder::open_to_append(const std::string& name) const {
  return file(name, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, "open");
}

bool Folder::has(const std::string& name) const noexcept {
  return is_plain(name) && faccessat(descriptor_, name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<std::vector<std::string>> Folder::names() const {
  const int descriptor = openat(descriptor_, ".", kFolderFlags);
  if (descriptor < 0) return system_failure("list", path_);
  const auto close_it = [](DIR* stream) { closedir(stream); };
  const std::unique_ptr<DIR, decltype(close_it)> stream(fdopendir(descriptor), close_it);
  if (!stream) return system_failure("list", path_);
  std::vector<std::string> names;
  while (const dirent* entry = readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::ranges::sort(names);
  return names;
}

Status Folder::rename(const std::string& from, const std::string& to) const {
  for (const std::string& name : {from, to}) {
    if (Status plain = check_plain(name, path_); !plain) return plain;
  }
  if (renameat(descriptor_, from.c_str(), descriptor_, to.c_str()) != 0) {
    return system_failure("rename", shown(from));
  }
  return {};
}

Status Folder::remove(const std::string& name) const {
  // Any name that names() has found may be removed.
  if (name.find('/') != std::string::npos) return no_name(name, path_);
  if (unlinkat(descriptor_, name.c_str(), 0) != 0 && errno != ENOENT)
    return system_failure("remove", shown(name));
  return {};
}

Status Folder::sync() const {
  if (fsync(descriptor_) != 0) return system_failure("flush", path_);
  return {};
}

Result<std::string> Folder::read_whole(const std::string& name, std::uint64_t most) const {
  Result<File> file = open_file(name);
  if (!file) return fail(file.error());
  const Result<std::uint64_t> size = file->size();
  if (!size) return fail(size.error());
  if (*size > most) {
    return fail(ErrorCode::system,
                fmt::format("{} has {} bytes, more than such a file can have", shown(name), *size));
  }
  std::string content(*size, '\0');
  const Result<std::size_t> got = file->read(std::as_writable_bytes(std::span(content)));
  if (!got) return fail(got.error());
  content.resize(*got);
  return content;
}

Status Folder::write_whole(const std::string& name, std::string_view content) const {
  const std::string partial = name + ".partial";
  Result<File> file = create_file(partial);
  if (!file) return fail(file.error());
  if (Status written = file->write(std::as_bytes(std::span(content))); !written) return written;
  if (Status synced = file->sync(); !synced) return synced;
  if (Status renamed = rename(partial, name); !renamed) return renamed;
  return sync();
}

}  // namespace pghaul::transport
