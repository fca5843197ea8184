#include "event_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "output.h"

namespace pghaul::command {

tl::expected<EventFile, Failure> EventFile::open(const std::string& path) {
  if (path.empty()) return EventFile(-1);
  if (path == "-") return EventFile(STDOUT_FILENO);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor >= 0) return EventFile(descriptor);
  return tl::make_unexpected(
      Failure{fmt::format("cannot write events to '{}': {}", path, std::strerror(errno)), {}, {}});
}

EventFile::EventFile(EventFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

EventFile::~EventFile() {
  if (descriptor_ >= 0 && descriptor_ != STDOUT_FILENO) close(descriptor_);
}

bool EventFile::write(std::string_view event) {
  if (descriptor_ < 0 || write_fully(descriptor_, std::string(event) + "\n")) return true;
  descriptor_ = -1;
  return false;
}

}  // namespace pghaul::command
