#include "report_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "replace_file.h"

namespace pghaul::command {

namespace {

tl::unexpected<Failure> cannot_write(const std::string& path, int error) {
  return tl::make_unexpected(
      Failure{fmt::format("cannot write the report to '{}': {}", path, std::strerror(error)), {}, {}});
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_device(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

}  // namespace

tl::expected<void, Failure> check_report_file(const std::string& path) {
  const std::string folder = folder_of(path);
  if (access(folder.c_str(), W_OK | X_OK) != 0) return cannot_write(path, errno);
  if (!is_folder(folder)) return cannot_write(path, ENOTDIR);
  if (is_folder(path)) return cannot_write(path, EISDIR);
  if (is_device(path)) {  // renaming a file onto it would replace it
    return tl::make_unexpected(Failure{fmt::format("cannot write the report to '{}': it is not a file", path),
                                       "give a file; --json writes the report to standard output",
                                       {}});
  }
  return {};
}

tl::expected<void, Failure> write_report_file(const std::string& path, std::string_view report) {
  const int error = replace_file(path, report);
  if (error == 0) return {};
  return cannot_write(path, error);
}

}  // namespace pghaul::command
