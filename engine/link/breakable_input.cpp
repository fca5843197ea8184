#include "link/breakable_input.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

namespace pghaul::link {

BreakableInput::BreakableInput(int descriptor, int output, std::string name)
    : descriptor_(descriptor),
      output_(output),
      bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      name_(std::move(name)) {}

BreakableInput::~BreakableInput() {
  close(bell_);
}

Result<std::size_t> BreakableInput::read(std::span<std::byte> bytes) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    std::array<pollfd, 3> waits = {{{descriptor_, POLLIN, 0}, {bell_, POLLIN, 0}, {output_, 0, 0}}};
    if (poll(waits.data(), waits.size(), -1) < 0) continue;  // EINTR
    const bool nobody_listens = (waits[2].revents & (POLLERR | POLLHUP)) != 0;
    if (waits[1].revents != 0 || (nobody_listens && waits[0].revents == 0))  // its end is read even then
      return fail(ErrorCode::connection_lost, name_ + " was broken off");
    const ssize_t got = ::read(descriptor_, bytes.data() + have, bytes.size() - have);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return fail(ErrorCode::system, "cannot read " + name_ + ": " + std::strerror(errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

void BreakableInput::break_off() const noexcept {
  const std::uint64_t once = 1;
  [[maybe_unused]] const ssize_t written = write(bell_, &once, sizeof once);
}

}  // namespace pghaul::link
