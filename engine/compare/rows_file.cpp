#include "compare/rows_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace pghaul::compare {
namespace {

tl::unexpected<Error> cannot_write(const std::string& path) {
  return fail(ErrorCode::system, fmt::format("cannot write the rows to '{}': {}", path, std::strerror(errno)),
              "give another file, or make room");
}

}  // namespace

Result<RowsFile> RowsFile::create(const std::string& path) {
  if (path.empty()) return RowsFile({}, -1);
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return cannot_write(path);
  return RowsFile(path, descriptor);
}

RowsFile::RowsFile(RowsFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

RowsFile::~RowsFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

Status RowsFile::write(const std::string& lines) {
  const std::lock_guard lock(mutex_);
  std::string_view rest = lines;
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return cannot_write(path_);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace pghaul::compare
