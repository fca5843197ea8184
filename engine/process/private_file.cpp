#include "process/private_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace pghaul::process {
namespace {

tl::unexpected<Error> failure(const std::string& what) {
  const std::string reason = std::strerror(errno);
  return fail(ErrorCode::system, "cannot " + what + " a temporary file: " + reason,
              "make room in /tmp, or name another folder in TMPDIR");
}

/// Opens a file whose name is gone at once; in memory where nobody may write to its folder.
Result<Descriptor> open_without_name(std::string name) {
  Descriptor file = Descriptor::beyond_standard(mkostemp(name.data(), O_CLOEXEC));
  if (file.number() >= 0) {
    if (unlink(name.c_str()) != 0) return failure("hide");
    return file;
  }
  if (errno != EROFS && errno != EACCES) return failure("create");
  file = Descriptor::beyond_standard(memfd_create("pghaul", MFD_CLOEXEC));
  if (file.number() < 0 || fchmod(file.number(), 0600) != 0) return failure("create");
  return file;
}

}  // namespace

Result<PrivateFile> PrivateFile::create(std::string_view content) {
  std::error_code unusable;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(unusable);
  if (unusable) {
    return fail(ErrorCode::system, "the folder for temporary files can't be used: " + unusable.message(),
                "set TMPDIR to a folder that exists");
  }
  Result<Descriptor> opened = open_without_name(folder / "pghaul-XXXXXX");
  if (!opened) return fail(opened.error());
  PrivateFile file(std::move(*opened));
  if (const Status written = file.write(content); !written) return fail(written.error());
  return file;
}

std::string PrivateFile::path() const {
  return "/proc/self/fd/" + std::to_string(descriptor());
}

Status PrivateFile::write(std::string_view content) const {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure("write");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::string> PrivateFile::read() const {
  struct stat status {};
  if (fstat(descriptor(), &status) != 0) return failure("read");
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t have = 0;
  while (have < content.size()) {
    const ssize_t got =
        pread(descriptor(), content.data() + have, content.size() - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read");
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  content.resize(have);
  return content;
}

}  // namespace pghaul::process
