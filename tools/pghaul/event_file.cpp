#include "event_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "output.h"

namespace pghaul::command {

namespace {

/// Reads "fd:7".
std::optional<int> descriptor_in(const std::string& path) {
  if (!path.starts_with("fd:")) return std::nullopt;
  int descriptor = -1;
  const char* end = path.data() + path.size();
  const auto [stopped, problem] = std::from_chars(path.data() + 3, end, descriptor);
  return problem == std::errc{} && stopped == end ? std::optional(descriptor) : std::nullopt;
}

/// Returns the descriptor if it can be written to, and otherwise -1 with errno. Programs that the engine
/// starts don't get it.
int checked(int descriptor) {
  const int mode = fcntl(descriptor, F_GETFL);
  if (mode < 0) return -1;
  if ((mode & O_ACCMODE) == O_RDONLY) {
    errno = EBADF;
    return -1;
  }
  if (descriptor > STDERR_FILENO) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  return descriptor;
}

/// Opens a file that is made or emptied. A symbolic link of another user is refused: it may lead to what is
/// no file, such as a pipe or a terminal.
int open_file(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  const bool linked = descriptor < 0 && errno == ELOOP;
  if (linked) descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  struct stat status {};
  const bool is_file = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  if (!is_file || (!linked && ftruncate(descriptor, 0) == 0)) return descriptor;
  const int reason = linked ? ELOOP : errno;
  close(descriptor);
  errno = reason;
  return -1;
}

}  // namespace

tl::expected<EventFile, Failure> EventFile::open(const std::string& path) {
  if (path.empty()) return EventFile(-1, false);
  if (path == "-") return EventFile(STDOUT_FILENO, false);
  const std::optional<int> open_already = descriptor_in(path);
  const int descriptor = open_already ? checked(*open_already) : open_file(path);
  if (descriptor >= 0) return EventFile(descriptor, !open_already);
  if (errno == ELOOP) {
    return tl::make_unexpected(
        Failure{fmt::format("cannot write events to '{}': it is a symbolic link to a file", path),
                "give the file itself; - is standard output, fd:N a descriptor that is open",
                {}});
  }
  return tl::make_unexpected(
      Failure{fmt::format("cannot write events to '{}': {}", path, std::strerror(errno)), {}, {}});
}

EventFile::EventFile(EventFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), ours_(other.ours_) {}

EventFile::~EventFile() {
  if (descriptor_ >= 0 && ours_) close(descriptor_);
}

bool EventFile::write(std::string_view event) {
  if (descriptor_ < 0 || write_fully(descriptor_, std::string(event) + "\n")) return true;
  descriptor_ = -1;
  return false;
}

}  // namespace pghaul::command
