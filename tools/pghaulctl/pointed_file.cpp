#include "pointed_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <tuple>

#include "host.h"
#include "pghaul/output.h"

namespace pghaul::platform {
namespace {

tl::unexpected<Failure> cannot(const char* what, const std::string& path) {
  return refused(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

/// Follows links, so that the file they lead to is replaced and not the link.
std::string resolved(const std::string& path) {
  std::error_code ignored;
  const auto canonical = std::filesystem::canonical(path, ignored);
  return ignored ? path : canonical.string();
}

}  // namespace

PointedFile::PointedFile(const std::string& path) : path_(path) {
  std::tie(host_, there_) = split_host(path);
}

PointedFile::PointedFile(std::string host, std::string path)
    : path_(host.empty() ? path : host + ":" + path), host_(std::move(host)), there_(std::move(path)) {}

Result<std::string> PointedFile::read() const {
  if (!host_.empty()) return Host::reached_by(host_).ask({"read", there_});
  std::ifstream file(path_);
  if (!file) return cannot("read", path_);
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

Outcome PointedFile::check() const {
  if (!host_.empty()) return Host::reached_by(host_).ask({"check", there_}).map([](const std::string&) {});
  const std::string folder = std::filesystem::path(resolved(path_)).parent_path();
  if (::access(path_.c_str(), R_OK) != 0) return cannot("read", path_);
  if (::access(folder.c_str(), W_OK) != 0) return cannot("write to the folder of", path_);
  return {};
}

Outcome PointedFile::check_secrecy() const {
  if (!host_.empty()) return Host::reached_by(host_).ask({"secrecy", there_}).map([](const std::string&) {});
  struct stat now = {};
  if (::stat(path_.c_str(), &now) != 0) return cannot("read", path_);
  if ((now.st_mode & S_IROTH) == 0) return {};
  return refused(fmt::format("every user may read {}, and a password is to be written there", path_),
                 "take that permission away: chmod o-r " + path_);
}

Outcome PointedFile::replace(const std::string& text) const {
  if (!host_.empty())
    return Host::reached_by(host_).ask({"replace", there_, text}).map([](const std::string&) {});
  const std::string path = resolved(path_);
  struct stat before = {};
  if (::stat(path.c_str(), &before) != 0) return cannot("read", path_);
  const std::string fresh = path + ".pghaulctl";
  ::unlink(
      fresh.c_str());  // of a run that was killed; O_EXCL follows no link that somebody has put there since
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return cannot("write", fresh);
  bool written = command::write_fully(file, text);
  const bool same_owner = before.st_uid == ::geteuid() && before.st_gid == ::getegid();
  written = written && (same_owner || ::fchown(file, before.st_uid, before.st_gid) == 0);
  written = written && ::fchmod(file, before.st_mode & 07777) == 0 && ::fsync(file) == 0;
  const int reason = errno;
  ::close(file);
  errno = reason;
  if (written && std::rename(fresh.c_str(), path.c_str()) == 0) return {};
  auto failure = cannot("write", path_);
  ::unlink(fresh.c_str());
  return failure;
}

}  // namespace pghaul::platform
