#include "link/breakable_pipes.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstring>

namespace pghaul::link {
namespace {

/// Writes what poll() found room for, without waiting for more. It sets nothing on the descriptor, which
/// others may share: a pipe with room has some for PIPE_BUF bytes (Linux, fs/pipe.c).
ssize_t write_some(int output, std::span<const std::byte> bytes) {
  const ssize_t sent = send(output, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0 || errno != ENOTSOCK) return sent;
  return ::write(output, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
}

}  // namespace

BreakablePipes::BreakablePipes(int input, int output)
    : input_(input), output_(output), bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

BreakablePipes::~BreakablePipes() {
  close(bell_);
}

Result<std::size_t> BreakablePipes::read(std::span<std::byte> bytes) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    std::array<pollfd, 3> waits = {{{input_, POLLIN, 0}, {bell_, POLLIN, 0}, {output_, 0, 0}}};
    if (poll(waits.data(), waits.size(), -1) < 0) continue;  // EINTR
    const bool nobody_listens = (waits[2].revents & (POLLERR | POLLHUP)) != 0;
    if (waits[1].revents != 0 || (nobody_listens && waits[0].revents == 0))  // its end is read even then
      return fail(ErrorCode::connection_lost, name_ + " was broken off");
    const ssize_t got = ::read(input_, bytes.data() + have, bytes.size() - have);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return fail(ErrorCode::system, "cannot read " + name_ + ": " + std::strerror(errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

Status BreakablePipes::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    std::array<pollfd, 2> waits = {{{output_, POLLOUT, 0}, {bell_, POLLIN, 0}}};
    if (poll(waits.data(), waits.size(), -1) < 0) continue;  // EINTR
    if (waits[1].revents != 0) return fail(ErrorCode::connection_lost, "standard output was broken off");
    const ssize_t wrote = write_some(output_, bytes);
    if (wrote < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (wrote < 0)
      return fail(ErrorCode::system, "cannot write standard output: " + std::string(std::strerror(errno)));
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  return {};
}

void BreakablePipes::break_off() const noexcept {
  const std::uint64_t once = 1;
  [[maybe_unused]] const ssize_t written = ::write(bell_, &once, sizeof once);
}

}  // namespace pghaul::link
